using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Networks;

/// <summary>The published student (branches 32s+16s) and its 32s+8s variant against the reference values.</summary>
public class DerivedReferenceTests
{
    [Theory]
    [InlineData("derived_1_21.json")]
    [InlineData("derived_1_20.json")]
    public void Shares_the_cells_of_the_reference(string file)
    {
        JsonElement reference = ReferenceFile.Read(file);
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Architecture(reference), 128, 256);
        var groups = plan
            .Parts.Where(part => part.Layer is not null)
            .GroupBy(part => part.Layer)
            .Select(layer => layer.Select(part => part.Branches.ToArray()).ToArray());
        Assert.Equal(reference.GetProperty("cell_groups").Deserialize<int[][][]>(), groups);
    }

    [Theory]
    [InlineData("derived_1_21.json")]
    [InlineData("derived_1_20.json")]
    public void Has_the_parameters_of_the_reference(string file)
    {
        JsonElement reference = ReferenceFile.Read(file);
        using var network = new DerivedNetwork(ReferenceNetworks.Architecture(reference), auxiliary: true);
        Assert.Equal(reference.GetProperty("parameter_count").GetInt64(), network.ParameterCount);
        var expected = reference
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(p => $"{p[0].GetString()} {string.Join('x', p[1].Deserialize<long[]>()!)}");
        var actual = network.CheckpointTensors().Select(t => $"{t.Name} {string.Join('x', t.Tensor.shape)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("derived_1_21.json")]
    [InlineData("derived_1_20.json")]
    public void Gives_the_output_of_the_reference(string file)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JsonElement reference = ReferenceFile.Read(file);
        var network = new DerivedNetwork(ReferenceNetworks.Architecture(reference));
        ReferenceTensors.Fill(network.CheckpointTensors());
        network.eval();
        Tensor image = ReferenceTensors.Input(
            reference.GetProperty("input_key").GetString()!,
            reference.GetProperty("input_shape").Deserialize<long[]>()!
        );
        Tensor logits = Bilinear.Enlarge(network.forward(image), 8);
        ReferenceSummary.Read(reference.GetProperty("output")).AssertEqual(logits, ReferenceSummary.OfNetwork);
        Tensor histogram = logits.argmax(1).flatten().bincount(null, 19);
        int[] expected = reference.GetProperty("argmax_histogram").Deserialize<int[]>()!;
        // Pixels where two classes are within the rounding of float32 may go either way.
        Assert.All(histogram.data<long>().Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 5, pair.Second + 5));
    }
}
