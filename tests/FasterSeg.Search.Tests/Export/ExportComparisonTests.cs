using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using Google.Protobuf;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

public sealed class ExportComparisonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DerivedNetwork network = new(ReferenceNetworks.Published with { Fch = 4 });

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_file_that_answers_as_its_network_is_written(bool full, bool argmax)
    {
        NetworkExporter.Export(network, Plan(full), folder["n.onnx"], argmax);

        Assert.True(File.Exists(folder["n.onnx"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_with_other_weights_is_told_with_the_difference(bool argmax)
    {
        ModelProto model = NetworkExporter.ToModel(network, Plan());
        // The sign of every weight of the last convolution: an untrained network's logits are hardly those of the first.
        TensorProto weights = model.Graph.Initializer.Last(tensor => tensor.Dims.Count == 4);
        byte[] bytes = weights.RawData.ToByteArray();
        for (int i = 3; i < bytes.Length; i += 4)
            bytes[i] ^= 0x80;
        weights.RawData = ByteString.CopyFrom(bytes);
        if (argmax)
            ClassOutput.Append(model);

        string? fault = ExportComparison.Fault(network, Plan(), model.ToByteArray(), argmax);

        Assert.NotNull(fault);
        Assert.Contains("is off from libtorch's by", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_whose_weights_are_spoiled_is_refused_and_nothing_is_written()
    {
        using (no_grad())
            network.parameters().First().fill_(double.NaN);

        var refusal = Assert.Throws<UserErrorException>(() => NetworkExporter.Export(network, Plan(), folder["n.onnx"]));

        Assert.Contains("n.onnx was not written: the network's own logits are not numbers", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Comparing_leaves_the_networks_mode_as_it_was()
    {
        network.train();

        Assert.Null(ExportComparison.Fault(network, Plan(), NetworkExporter.ToBytes(network, Plan()), isClasses: false));
        Assert.True(network.training);
    }

    public void Dispose()
    {
        network.Dispose();
        folder.Dispose();
    }

    private NetworkPlan Plan(bool full = false) => NetworkPlan.Of(network.Architecture, 32, 64, full);
}
