using System.Text;
using System.Text.Json;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Onnx.Tests;

/// <summary>
/// The graphs against operators.json: outputs of the released code's modules in evaluation mode, on weights that are
/// computed from their names.
/// </summary>
public sealed class OperatorReferenceTests
{
    private static readonly JsonElement File = ReferenceFile.Read("operators.json");

    /// <summary>Numbers of the cases with plain (not slimmable) batch norms.</summary>
    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        foreach ((int number, JsonElement found) in File.EnumerateArray().Index())
        {
            if (!found.TryGetProperty("slimmable", out JsonElement slimmable) || !slimmable.GetBoolean())
                cases.Add(number, SpecOf(found).ToString());
        }
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Output_in_onnx_runtime_is_the_references(int number, string key)
    {
        JsonElement reference = File[number];
        OperatorSpec spec = OperatorKey.Parse(key);
        int[] shape = [.. reference.GetProperty("input_shape").EnumerateArray().Select(side => side.GetInt32())];
        var input = new Tensor(
            shape[0],
            shape[1],
            shape[2],
            shape[3],
            Values(reference.GetProperty("input_key").GetString()!, shape, noise => 2 * Math.Sqrt(3) * noise)
        );

        Tensor output = Runtime.Run(OperatorModel.Build(spec, shape[0], Weights(reference, spec)), (OperatorModel.InputName, input));

        JsonElement expected = reference.GetProperty("eval");
        double scale = Math.Sqrt(output.Values.Average(value => (double)value * value));
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64()), output.Shape);
        Assert.Equal(expected.GetProperty("mean").GetDouble(), output.Values.Average(value => (double)value), 1e-4 * scale);
        Assert.Equal(expected.GetProperty("l2").GetDouble() / Math.Sqrt(output.Values.Length), scale, 1e-4 * scale);
        Assert.All(expected.GetProperty("samples").EnumerateArray(), sample =>
            Assert.Equal(sample[1].GetDouble(), output.Values[sample[0].GetInt32()], 1e-4 * scale)
        );
    }

    private static OperatorSpec SpecOf(JsonElement reference)
    {
        int[] shape = [.. reference.GetProperty("input_shape").EnumerateArray().Select(side => side.GetInt32())];
        OperatorKind kind = reference.GetProperty("op").GetString() switch
        {
            "skip" => OperatorKind.Skip,
            "conv" => OperatorKind.Conv,
            "conv_downup" => OperatorKind.ZoomedConv,
            "conv_2x" => OperatorKind.Conv2x,
            "conv_2x_downup" => OperatorKind.ZoomedConv2x,
            "head" => OperatorKind.Head,
            "feature_fusion" => OperatorKind.Fusion,
            var other => throw new InvalidDataException(other),
        };
        return new(
            kind,
            shape[2],
            shape[3],
            reference.GetProperty("C_in").GetInt32(),
            reference.GetProperty("C_out").GetInt32(),
            reference.TryGetProperty("stride", out JsonElement stride) ? stride.GetInt32() : 1
        );
    }

    /// <summary>The k-th convolution of the file with the k-th norm; the factorized reduction's two share one norm, half each.</summary>
    private static List<ConvolutionWeights> Weights(JsonElement reference, OperatorSpec spec)
    {
        Dictionary<string, float[]> parameters = reference
            .GetProperty("parameters")
            .EnumerateArray()
            .ToDictionary(
                parameter => parameter[0].GetString()!,
                parameter => Parameter(parameter[0].GetString()!, [.. parameter[1].EnumerateArray().Select(side => side.GetInt32())])
            );
        string[] kernels =
        [
            .. reference
                .GetProperty("parameters")
                .EnumerateArray()
                .Where(parameter => parameter[1].GetArrayLength() == 4)
                .Select(parameter => parameter[0].GetString()!),
        ];
        var weights = new List<ConvolutionWeights>();
        foreach ((int k, ConvolutionShape shape) in OperatorWeightShapes.Of(spec).Index())
        {
            float[] weight = parameters[kernels[k]];
            if (!shape.HasNorm)
            {
                weights.Add(new(weight, shape.OutChannels, shape.InChannels, shape.Kernel, parameters["conv_1x1.bias"]));
                continue;
            }
            bool shared = parameters.ContainsKey("bn.weight");
            string norm = shared
                ? "bn"
                : kernels[k]
                    .Replace("conv.weight", "bn", StringComparison.Ordinal)
                    .Replace("conv1.weight", "bn1", StringComparison.Ordinal)
                    .Replace("conv2.weight", "bn2", StringComparison.Ordinal);
            ReadOnlySpan<float> Of(string part) =>
                parameters[$"{norm}.{part}"].AsSpan(shared ? k * shape.OutChannels : 0, shape.OutChannels);
            weights.Add(
                ConvolutionWeights.FoldBatchNorm(
                    weight,
                    shape.InChannels,
                    shape.Kernel,
                    Of("weight"),
                    Of("bias"),
                    Of("running_mean"),
                    Of("running_var")
                )
            );
        }
        return weights;
    }

    private static float[] Parameter(string name, int[] shape) => Values(name, shape, noise => shape.Length == 4
                ? noise * Math.Sqrt(24.0 / (shape[1] * shape[2] * shape[3]))
            : name.EndsWith("running_var", StringComparison.Ordinal) ? 1 + (0.5 * noise)
            : name.EndsWith("running_mean", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal) ? 0.2 * noise
            : 1 + (0.2 * noise));

    /// <summary>A tensor computed from its key: FNV-1a of the key, mixed with each value's index.</summary>
    private static float[] Values(string key, int[] shape, Func<double, double> of)
    {
        uint seed = Encoding.UTF8.GetBytes(key).Aggregate(2166136261u, (hash, b) => unchecked((hash ^ b) * 16777619u));
        var values = new float[shape.Aggregate(1, (product, side) => product * side)];
        for (int i = 0; i < values.Length; i++)
        {
            uint z = unchecked(((uint)i + seed) * 0x9E3779B9u);
            z = unchecked((z ^ (z >> 16)) * 0x85EBCA6Bu);
            z = unchecked((z ^ (z >> 13)) * 0xC2B2AE35u);
            z ^= z >> 16;
            values[i] = (float)of((z / 4294967296.0) - 0.5);
        }
        return values;
    }
}
