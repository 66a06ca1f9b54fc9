using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Onnx;
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
        NetworkExporter.Export(network, Plan(full), folder["n.onnx"], new ExportForm { Argmax = argmax });

        Assert.True(File.Exists(folder["n.onnx"]));
    }

    /// <summary>Every way to say the same network.</summary>
    [Theory]
    [InlineData(null, 1, DynamicAxes.None)]
    [InlineData(null, 3, DynamicAxes.None)]
    [InlineData(null, 1, DynamicAxes.Batch)]
    [InlineData(null, 1, DynamicAxes.Size)]
    [InlineData(null, 2, DynamicAxes.Batch | DynamicAxes.Size)]
    [InlineData(PictureLayout.Nchw, 1, DynamicAxes.None)]
    [InlineData(PictureLayout.Nhwc, 2, DynamicAxes.None)]
    [InlineData(PictureLayout.Nhwc, 1, DynamicAxes.Batch | DynamicAxes.Size)]
    public void Every_form_answers_as_its_network_and_one_with_other_weights_does_not(PictureLayout? bytes, int batch, DynamicAxes open)
    {
        foreach (bool full in new[] { false, true })
        {
            foreach (bool argmax in new[] { false, true })
            {
                var form = new ExportForm
                {
                    Argmax = argmax,
                    Bytes = bytes,
                    Batch = batch,
                    Open = open,
                };
                NetworkPlan plan = Plan(full, 64);
                ModelProto model = NetworkExporter.ToModel(network, plan, form);
                Assert.Null(ExportComparison.Fault(network, plan, model.ToByteArray(), form));

                Spoil(model);
                string? fault = ExportComparison.Fault(network, plan, model.ToByteArray(), form);
                Assert.NotNull(fault);
                Assert.Contains("is off from libtorch's by", fault, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("factor")]
    [InlineData("offset")]
    public void A_graph_that_normalizes_otherwise_is_told(string constant)
    {
        var form = new ExportForm { Bytes = PictureLayout.Nchw };
        ModelProto model = NetworkExporter.ToModel(network, Plan(), form);
        TensorProto values = model.Graph.Initializer.Single(tensor => tensor.Name == constant);
        // Red as blue: the values of the first channel for the last one's.
        byte[] bytes = values.RawData.ToByteArray();
        Array.Copy(bytes, 0, bytes, 8, 4);
        values.RawData = ByteString.CopyFrom(bytes);

        Assert.NotNull(ExportComparison.Fault(network, Plan(), model.ToByteArray(), form));
    }

    /// <summary>A size that is left open must not be one example's.</summary>
    [Fact]
    public void A_file_that_only_says_that_its_size_is_open_is_found_out()
    {
        var form = new ExportForm { Open = DynamicAxes.Size };
        ModelProto model = NetworkExporter.ToModel(network, Plan(full: true, 64), ExportForm.Plain);
        foreach (ValueInfoProto value in new[] { model.Graph.Input.Single(), model.Graph.Output.Single() })
        {
            foreach (var side in value.Type.TensorType.Shape.Dim.Skip(2))
                side.DimParam = "any";
        }

        Assert.NotNull(ExportComparison.Fault(network, Plan(full: true, 64), model.ToByteArray(), form));
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

        Assert.Null(ExportComparison.Fault(network, Plan(), NetworkExporter.ToBytes(network, Plan()), ExportForm.Plain));
        // One that takes long is told of before it begins, and stops where it is asked to.
        var said = new List<string>();
        NetworkPlan plan = Plan();
        using var cancel = new CancellationTokenSource();
        Assert.Null(
            ExportComparison.Fault(
                network,
                plan,
                NetworkExporter.ToBytes(network, plan),
                ExportForm.Plain,
                new ExportHooks(said.Add, cancel.Token),
                many: (long)plan.Height * plan.Width + 1
            )
        );
        Assert.Empty(said);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ExportComparison.Fault(
                network,
                plan,
                NetworkExporter.ToBytes(network, plan),
                ExportForm.Plain,
                new ExportHooks(
                    sentence =>
                    {
                        said.Add(sentence);
                        cancel.Cancel();
                    },
                    cancel.Token
                ),
                many: (long)plan.Height * plan.Width
            )
        );
        Assert.Matches(
            $"^The file is compared with the network at {plan.Height}x{plan.Width} before it is written: about [0-9]+ (s|minutes) on this",
            Assert.Single(said)
        );
        Assert.True(network.training);
    }

    public void Dispose()
    {
        network.Dispose();
        folder.Dispose();
    }

    private NetworkPlan Plan(bool full = false, int height = 32) => NetworkPlan.Of(network.Architecture, height, 64, full);

    /// <summary>The sign of every weight of the last convolution: an untrained network's logits are hardly those of the first.</summary>
    private static void Spoil(ModelProto model)
    {
        TensorProto weights = model.Graph.Initializer.Last(tensor => tensor.Name.Contains("Conv") && tensor.Dims.Count == 4);
        byte[] bytes = weights.RawData.ToByteArray();
        for (int i = 3; i < bytes.Length; i += 4)
            bytes[i] ^= 0x80;
        weights.RawData = ByteString.CopyFrom(bytes);
    }
}
