using System.Text.Json;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests;

/// <summary>What the reference files keep of a tensor: shape, mean, Euclidean norm and some values by flat index.</summary>
public sealed record ReferenceSummary(long[] Shape, double Mean, double L2, double[][] Samples)
{
    /// <summary>Tolerance of one operator, relative to the root mean square of the tensor.</summary>
    public const double OfOperator = 1e-4;

    /// <summary>Tolerance of a whole network.</summary>
    public const double OfNetwork = 1e-3;

    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Reads a summary.</summary>
    public static ReferenceSummary Read(JsonElement json) => json.Deserialize<ReferenceSummary>(Json)!;

    /// <summary>Asserts that a tensor has this shape, mean, norm and these values.</summary>
    public void AssertEqual(Tensor actual, double tolerance)
    {
        Assert.Equal(Shape, actual.shape);
        float[] values = actual.detach().to(float32).cpu().contiguous().data<float>().ToArray();
        double scale = L2 / Math.Sqrt(values.Length);
        Near("mean", Mean, values.Average(v => (double)v));
        Near("norm / sqrt(n)", scale, Math.Sqrt(values.Average(v => (double)v * v)));
        foreach (double[] sample in Samples)
            Near($"value {sample[0]}", sample[1], values[(int)sample[0]]);

        void Near(string what, double expected, double found) =>
            Assert.True(
                Math.Abs(expected - found) <= tolerance * scale,
                $"{what} is {found}, not {expected}: off by {Math.Abs(expected - found) / scale:0.0e+0} of the root mean square "
                    + $"{scale}, allowed {tolerance:0.0e+0}."
            );
    }
}
