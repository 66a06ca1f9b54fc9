using System.Text.Json;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Networks;

/// <summary>Every operator, the head and the fusion against reference/operators.json, in evaluation and in training mode.</summary>
public class OperatorReferenceTests
{
    private static readonly double[] Ratios = [4 / 12.0, 6 / 12.0, 8 / 12.0, 10 / 12.0, 1];
    private static readonly JsonElement File = ReferenceFile.Read("operators.json");

    /// <summary>One row a case: its index in the file and what it is.</summary>
    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        for (int i = 0; i < File.GetArrayLength(); i++)
        {
            JsonElement c = File[i];
            string detail = c.TryGetProperty("stride", out JsonElement stride)
                ? $" stride {stride} slimmable {c.GetProperty("slimmable")}"
                : "";
            cases.Add(i, c.GetProperty("op").GetString() + detail);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_reference(int index, string name)
    {
        using var scope = NewDisposeScope();
        JsonElement reference = File[index];
        Assert.StartsWith(reference.GetProperty("op").GetString()!, name, StringComparison.Ordinal);
        (nn.Module module, Func<Tensor, Tensor> forward) = Create(reference);
        Tensor input = ReferenceTensors.Input(
            reference.GetProperty("input_key").GetString()!,
            reference.GetProperty("input_shape").Deserialize<long[]>()!
        );
        foreach (string mode in new[] { "eval", "train" })
        {
            // Running statistics change in training mode: every mode begins with fresh values.
            ReferenceTensors.Fill(module);
            module.train(mode == "train");
            using var noGrad = no_grad();
            ReferenceSummary.Read(reference.GetProperty(mode)).AssertEqual(forward(input), ReferenceSummary.OfOperator);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Has_the_parameters_of_the_reference(int index, string name)
    {
        using var scope = NewDisposeScope();
        JsonElement reference = File[index];
        (nn.Module module, _) = Create(reference);
        var expected = reference
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(p => $"{p[0].GetString()} {string.Join('x', p[1].Deserialize<long[]>()!)}");
        // The bare scale and shift of a published slimmable norm are unused, so ours has none.
        if (name.EndsWith("slimmable True", StringComparison.Ordinal))
            expected = expected.Where(p => !IsBareNorm(p));
        var actual = module
            .named_parameters()
            .Select(p => (p.name, p.parameter.shape))
            .Concat(module.named_buffers().Select(b => (b.name, b.buffer.shape)))
            .Select(p => $"{p.name} {string.Join('x', p.shape)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    private static (nn.Module, Func<Tensor, Tensor>) Create(JsonElement reference)
    {
        int inChannels = reference.GetProperty("C_in").GetInt32(),
            outChannels = reference.GetProperty("C_out").GetInt32();
        switch (reference.GetProperty("op").GetString())
        {
            case "head":
                var head = new HeadModule(inChannels, outChannels);
                return (head, head.forward);
            case "feature_fusion":
                var fusion = new FusionModule(inChannels);
                return (fusion, fusion.forward);
        }
        bool slimmable = reference.GetProperty("slimmable").GetBoolean();
        int[] widths = slimmable ? [.. Ratios.Select(r => (int)Math.Round(outChannels * r))] : [outChannels];
        var cell = CellOperator.Create(
            KindOf(reference.GetProperty("op").GetString()!),
            inChannels,
            widths,
            reference.GetProperty("stride").GetInt32()
        );
        int width = slimmable ? reference.GetProperty("out_ratio_index").GetInt32() : 0;
        return (cell, x => cell.forward(x, width));
    }

    private static bool IsBareNorm(string parameter) =>
        parameter.StartsWith("bn", StringComparison.Ordinal) && parameter.Split(' ')[0].Split('.').Length == 2;

    private static OperatorKind KindOf(string name) =>
        name switch
        {
            "skip" => OperatorKind.Skip,
            "conv" => OperatorKind.Conv,
            "conv_downup" => OperatorKind.ZoomedConv,
            "conv_2x" => OperatorKind.Conv2x,
            "conv_2x_downup" => OperatorKind.ZoomedConv2x,
            _ => throw new ArgumentException($"The reference has an operator '{name}'."),
        };
}
