using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using Xunit;

namespace FasterSeg.Search.Tests.Export;

/// <summary>The counter of multiply-adds, parameters and memory, against the network itself.</summary>
public sealed class NetworkCostTests
{
    [Fact]
    public void Multiply_adds_are_those_of_the_exported_graphs_convolutions() =>
        Gen.Select(RandomNetworks.Networks, Gen.Bool)
            .Sample(
                (architecture, full) =>
                {
                    NetworkPlan plan = NetworkPlan.Of(architecture, 128, 192, full);
                    using var network = new DerivedNetwork(architecture);
                    NetworkCost cost = NetworkCost.Of(plan);
                    Assert.Equal(OfGraph(NetworkExporter.ToModel(network, plan)), cost.MultiplyAdds);
                    Assert.Equal(network.ParameterCount, cost.Parameters);
                },
                iter: 20,
                threads: 1
            );

    [Fact]
    public void Memory_is_the_most_that_a_run_holds_which_lets_go_of_each_map_after_its_last_reader() =>
        Gen.Select(RandomNetworks.Networks, Gen.Bool)
            .Sample(
                (architecture, full) =>
                {
                    NetworkPlan plan = NetworkPlan.Of(architecture, 64, 96, full);
                    Assert.Equal(ByRunning(plan), NetworkCost.Of(plan).ActivationValues);
                },
                iter: 100,
                threads: 1
            );

    [Fact]
    public void A_line_has_all_of_it() =>
        Assert.Equal(
            "1.50 G multiply-adds, 0.25 M parameters, 2.0 MiB of maps at once (float32), input 1x3x256x512",
            new NetworkCost(256, 512, 1.5e9, 250_000, 1 << 19).ToString()
        );

    private static long ByRunning(NetworkPlan plan)
    {
        int[] readers = new int[plan.Parts.Count];
        int imageReaders = 0;
        foreach (int input in plan.Parts.SelectMany(part => part.Inputs))
        {
            if (input == NetworkPlan.Image)
                imageReaders++;
            else
                readers[input]++;
        }
        long image = 3L * plan.Height * plan.Width,
            held = image,
            most = 0;
        foreach (NetworkPart part in plan.Parts)
        {
            held += Size(part.Spec);
            most = Math.Max(most, held);
            foreach (int input in part.Inputs)
            {
                if (input == NetworkPlan.Image && --imageReaders == 0)
                    held -= image;
                else if (input != NetworkPlan.Image && --readers[input] == 0)
                    held -= Size(plan.Parts[input].Spec);
            }
        }
        return most;

        static long Size(OperatorSpec spec) => (long)spec.OutChannels * spec.OutHeight * spec.OutWidth;
    }

    /// <summary>Follows the sizes of the maps through the graph, node by node.</summary>
    private static double OfGraph(ModelProto model)
    {
        var constants = model.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        var input = model.Graph.Input.Single();
        var sizes = new Dictionary<string, (long Rows, long Columns)>
        {
            [input.Name] = (input.Type.TensorType.Shape.Dim[2].DimValue, input.Type.TensorType.Shape.Dim[3].DimValue),
        };
        double sum = 0;
        foreach (NodeProto node in model.Graph.Node)
        {
            (long rows, long columns) = sizes[node.Input[0]];
            if (node.OpType == "Conv")
            {
                var weights = constants[node.Input[1]].Dims;
                long stride = Values(node, "strides")[0];
                IReadOnlyList<long> pads = Values(node, "pads");
                (rows, columns) = (
                    ((rows + pads[0] + pads[2] - weights[2]) / stride) + 1,
                    ((columns + pads[1] + pads[3] - weights[3]) / stride) + 1
                );
                sum += (double)weights[0] * weights[1] * weights[2] * weights[3] * rows * columns;
            }
            else if (node.OpType == "Resize")
            {
                byte[] target = constants[node.Input[3]].RawData.ToByteArray();
                (rows, columns) = (BitConverter.ToInt64(target, 16), BitConverter.ToInt64(target, 24));
            }
            else if (node.OpType == "Slice")
            {
                (rows, columns) = (rows - 1, columns - 1);
            }
            sizes[node.Output[0]] = (rows, columns);
        }
        return sum;
    }

    private static IReadOnlyList<long> Values(NodeProto node, string attribute) =>
        node.Attribute.Single(each => each.Name == attribute).Ints;
}
