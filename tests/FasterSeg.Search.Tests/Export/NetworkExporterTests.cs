using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

public class NetworkExporterTests
{
    [Theory]
    [InlineData("derived_1_21.json", false)]
    [InlineData("derived_1_21.json", true)]
    [InlineData("derived_1_20.json", false)]
    public void Published_networks_agree_in_onnx_runtime(string file, bool full) =>
        AssertParity(ReferenceNetworks.Architecture(ReferenceFile.Read(file)), 64, 96, full);

    [Fact]
    public void Any_network_agrees_in_onnx_runtime() =>
        Gen.Select(RandomNetworks.Networks, Gen.Bool)
            .Sample((architecture, full) => AssertParity(architecture, 96, 160, full), iter: 12, threads: 1);

    [Fact]
    public void Every_node_belongs_to_exactly_one_part_of_the_table() =>
        Gen.Select(RandomNetworks.Networks, Gen.Bool)
            .Sample(
                (architecture, full) =>
                {
                    SearchSpace space = RandomNetworks.Space;
                    var table = space.Operators(full).ToHashSet();
                    NetworkPlan plan = NetworkPlan.Of(architecture, space.Height, space.Width, full);
                    using var network = new DerivedNetwork(architecture);
                    ModelProto model = NetworkExporter.ToModel(network, plan);

                    // The reader groups nodes by the one part that each names; it refuses a node that names none.
                    IReadOnlyList<OnnxPart> parts = OnnxNetworkReader.Parts(model);
                    Assert.Equal(plan.Parts.Select(part => part.Spec), parts.Select(part => part.Spec));
                    Assert.Equal(model.Graph.Node.Count, parts.Sum(part => part.Nodes.Count));
                    Assert.All(parts, part => Assert.NotEmpty(part.Nodes));
                    Assert.All(parts, part => Assert.Contains(part.Spec, table));
                    Assert.Contains(model.Graph.Node, node => node.OpType == "Resize");
                    Assert.Contains(model.Graph.Node, node => node.OpType == "Concat");
                },
                iter: 30,
                threads: 1
            );

    [Fact]
    public void Writes_the_file_whole_and_nothing_beside()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg").FullName;
        try
        {
            DerivedArchitecture architecture = ReferenceNetworks.Published with { Fch = 4 };
            using var network = new DerivedNetwork(architecture, auxiliary: true);
            NetworkPlan plan = NetworkPlan.Of(architecture, 32, 64);
            string path = Path.Combine(folder, "student.onnx");
            NetworkExporter.Export(network, plan, path);
            Assert.Equal([path], Directory.GetFiles(folder));
            ModelProto written = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            Assert.NotEmpty(written.MetadataProps);
            written.MetadataProps.Clear();
            written.ProducerVersion = "";
            Assert.Equal(NetworkExporter.ToModel(network, plan), written);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Refuses_another_networks_plan()
    {
        using var network = new DerivedNetwork(ReferenceNetworks.Published with { Fch = 4 });
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Other with { Fch = 4 }, 32, 64);
        Assert.Throws<ArgumentException>(() => NetworkExporter.ToModel(network, plan));
    }

    private static void AssertParity(DerivedArchitecture architecture, int height, int width, bool full)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new DerivedNetwork(architecture);
        ReferenceTensors.Fill(network.CheckpointTensors());
        network.eval();
        Tensor image = ReferenceTensors.Input("input/parity", 1, 3, height, width);
        Tensor inTorch = network.forward(image);
        if (full)
            inTorch = Bilinear.Enlarge(inTorch, 8);
        Tensor inOnnx = OnnxRunner.Run(NetworkExporter.ToModel(network, NetworkPlan.Of(architecture, height, width, full)), image);
        OnnxRunner.AssertClose(inTorch, inOnnx, architecture.ToString());
    }
}
