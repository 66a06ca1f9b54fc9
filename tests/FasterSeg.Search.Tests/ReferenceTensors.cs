using System.Text;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests;

/// <summary>
/// The deterministic tensors of the reference values: each is computed from its key and its flat index in exact integer
/// arithmetic, so that no weights need to be stored (shared/reference/README.md).
/// </summary>
public static class ReferenceTensors
{
    /// <summary>The first <paramref name="count"/> values of a key's noise, in [-0.5, 0.5).</summary>
    public static double[] Noise(string key, int count)
    {
        uint seed = Fnv1a(key);
        var noise = new double[count];
        for (int i = 0; i < count; i++)
        {
            uint z = unchecked(((uint)i + seed) * 0x9E3779B9);
            z ^= z >> 16;
            z = unchecked(z * 0x85EBCA6B);
            z ^= z >> 13;
            z = unchecked(z * 0xC2B2AE35);
            z ^= z >> 16;
            noise[i] = (z / 4294967296.0) - 0.5;
        }
        return noise;
    }

    /// <summary>An input map with unit variance, float32.</summary>
    public static Tensor Input(string key, params long[] shape) => FromNoise(key, shape, noise => 2 * Math.Sqrt(3) * noise);

    /// <summary>The value of a parameter or buffer, which follows from its name and shape.</summary>
    public static Tensor Parameter(string name, params long[] shape)
    {
        double fanIn = shape.Length == 4 ? shape[1] * shape[2] * shape[3] : 0;
        return FromNoise(
            name,
            shape,
            name switch
            {
                _ when shape.Length == 4 => noise => noise * Math.Sqrt(24 / fanIn),
                _ when name.EndsWith("running_mean", StringComparison.Ordinal) => noise => 0.2 * noise,
                _ when name.EndsWith("running_var", StringComparison.Ordinal) => noise => 1 + (0.5 * noise),
                _ when name.EndsWith(".bias", StringComparison.Ordinal) => noise => 0.2 * noise,
                _ => noise => 1 + (0.2 * noise),
            }
        );
    }

    /// <summary>Gives every parameter and buffer of a module its value, under the names that the module itself uses.</summary>
    public static void Fill(nn.Module module) =>
        Fill(
            module
                .named_parameters()
                .Select(p => (p.name, (Tensor)p.parameter))
                .Concat(module.named_buffers().Select(b => (b.name, b.buffer)))
        );

    /// <summary>Gives every tensor its value; where one occurs under several names, the last name decides.</summary>
    public static void Fill(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string name, Tensor tensor) in tensors)
            tensor.copy_(Parameter(name, tensor.shape));
    }

    private static Tensor FromNoise(string key, long[] shape, Func<double, double> value)
    {
        int count = (int)shape.Aggregate(1L, (product, side) => product * side);
        return tensor(Array.ConvertAll(Noise(key, count), noise => (float)value(noise))).reshape(shape);
    }

    private static uint Fnv1a(string key)
    {
        uint hash = 0x811C9DC5;
        foreach (byte b in Encoding.UTF8.GetBytes(key))
            hash = unchecked((hash ^ b) * 0x01000193);
        return hash;
    }
}
