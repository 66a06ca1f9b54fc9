using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Regularizing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Regularizing;

/// <summary>
/// The decoupled expected latency of the published student on the authors' GTX 1080 Ti table against
/// shared/reference/ours/expected_latency_student.json.
/// </summary>
public sealed class ExpectedLatencyReferenceTests
{
    private const double Relative = 1e-6;
    private static readonly JsonElement Reference = ReferenceFile.Read("expected_latency_student.json");
    private static readonly string[] Kinds = ["alpha", "beta", "ratio"];

    [Theory]
    [InlineData("operator", FreeParameters.Alpha)]
    [InlineData("resolution", FreeParameters.Beta)]
    [InlineData("width", FreeParameters.Widths)]
    [InlineData("joint", FreeParameters.All)]
    public void Term_has_the_reference_value_in_each_branch_and_the_reference_gradient(string term, FreeParameters free)
    {
        using var scope = NewDisposeScope();
        JsonElement expected = Reference.GetProperty("terms").GetProperty(term);
        (LatencyRegularizer regularizer, Dictionary<string, Tensor> logits) = Published();
        RelaxedArchitecture architecture = Relaxed(logits);
        Tensor[] widths = Widths(logits);
        ExpectedLatency latency = regularizer.Of(architecture, widths, free);
        latency.Sum.backward();

        AssertNear(expected.GetProperty("stem_ms").GetDouble(), regularizer.StemMs);
        double[] branches = [.. expected.GetProperty("branch_ms").EnumerateArray().Select(v => v.GetDouble())];
        AssertNear(branches[0], latency.Scale8);
        AssertNear(branches[1], latency.Scale16);
        AssertNear(branches[2], latency.Scale32);
        AssertNear(expected.GetProperty("sum_ms").GetDouble(), latency.Sum.ToDouble());
        foreach (JsonProperty gradient in expected.GetProperty("gradient_l2").EnumerateObject())
            AssertNear(gradient.Value.GetDouble(), logits[gradient.Name].grad!.norm().ToDouble());
    }

    [Fact]
    public void Decoupled_latency_is_the_weighted_sum_of_its_terms()
    {
        using var scope = NewDisposeScope();
        double[] w = [.. Reference.GetProperty("weights").EnumerateArray().Select(v => v.GetDouble())];
        (LatencyRegularizer regularizer, Dictionary<string, Tensor> logits) = Published();
        Tensor latency = new DecoupledLatency(regularizer, w[0], w[1], w[2]).Of(Relaxed(logits), Widths(logits));
        AssertNear(Reference.GetProperty("decoupled_ms").GetDouble(), latency.ToDouble());
    }

    private static void AssertNear(double expected, double found) => Assert.Equal(expected, found, Relative * Math.Abs(expected));

    private static (LatencyRegularizer, Dictionary<string, Tensor>) Published()
    {
        LatencyTable table = LatencyTableImport.Load(SharedFolder.Authors("latency_lookup_table.npy"));
        ArchitectureValues values = ArchitectureValuesJson.Read(SharedFolder.Authors("arch_student.json"), Role.Student);
        var logits = new Dictionary<string, Tensor>();
        foreach (var (kind, scales) in Kinds.Zip(new[] { values.Alpha, values.Beta, values.Gamma }))
        {
            for (int scale = 0; scale < 3; scale++)
            {
                double[][] rows = scales[scale];
                if (rows.Length > 0)
                    logits[$"{kind}_1_{scale}"] = tensor(rows.SelectMany(row => row).ToArray()).reshape(rows.Length, -1).requires_grad_();
            }
        }
        return (new LatencyRegularizer(table, SearchSpace.Paper(), Role.Student), logits);
    }

    private static RelaxedArchitecture Relaxed(Dictionary<string, Tensor> logits) =>
        new(
            [.. Enumerable.Range(0, 3).Select(s => logits[$"alpha_1_{s}"].softmax(1))],
            [null, logits["beta_1_1"].softmax(1), logits["beta_1_2"].softmax(1)]
        );

    private static Tensor[] Widths(Dictionary<string, Tensor> logits) =>
        [.. Enumerable.Range(0, 3).Select(s => logits[$"ratio_1_{s}"].softmax(1))];
}
