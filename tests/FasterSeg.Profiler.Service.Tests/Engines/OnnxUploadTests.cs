using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class OnnxUploadTests
{
    private readonly ModelProto model = OperatorModel.Build(new(OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1);

    [Fact]
    public void A_whole_model_passes() => OnnxUpload.Check(model.ToByteArray());

    [Fact]
    public void A_truncated_model_is_refused()
    {
        byte[] whole = model.ToByteArray();
        Assert.Contains("truncated", Refusal(whole[..(whole.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kind_of_file_is_refused() =>
        Assert.Contains("no whole ONNX file", Refusal("\x89PNG\r\n"u8.ToArray()), StringComparison.Ordinal);

    [Fact]
    public void A_model_without_a_graph_is_refused() =>
        Assert.Contains("no ONNX graph", Refusal(new ModelProto { IrVersion = 8 }.ToByteArray()), StringComparison.Ordinal);

    [Fact]
    public void Weights_in_another_file_are_refused()
    {
        model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        Assert.Contains(model.Graph.Initializer[0].Name, Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_another_file_are_found_in_inner_graphs_and_lists_too()
    {
        var tensor = new TensorProto
        {
            Name = "hidden",
            ExternalData =
            {
                new StringStringEntryProto { Key = "location", Value = "/etc/passwd" },
            },
        };
        var inner = new GraphProto
        {
            Node =
            {
                new NodeProto
                {
                    OpType = "Constant",
                    Attribute =
                    {
                        new AttributeProto { Name = "value", Tensors = { tensor } },
                    },
                },
            },
        };
        model.Graph.Node.Add(
            new NodeProto
            {
                OpType = "If",
                Attribute =
                {
                    new AttributeProto { Name = "then_branch", G = inner },
                },
            }
        );
        Assert.Contains("'hidden'", Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_of_foreign_libraries_are_refused_by_name()
    {
        model.Graph.Node[0].Domain = "com.example";
        Assert.Contains("'com.example'", Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_sparse_attribute_is_refused_also_where_a_second_empty_field_follows_it(int bytes)
    {
        var attribute = new AttributeProto
        {
            Name = "sparse_value",
            SparseTensor = { ByteString.CopyFrom(new byte[bytes]), ByteString.Empty },
        };
        model.Graph.Node[0].Attribute.Add(attribute);
        Assert.Contains("sparse", Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_and_sparse_weights_are_refused()
    {
        ModelProto functions = model.Clone();
        functions.Functions.Add(ByteString.CopyFrom(1, 2));
        Assert.Contains("functions", Refusal(functions.ToByteArray()), StringComparison.Ordinal);
        model.Graph.SparseInitializer.Add(ByteString.CopyFrom(1, 2));
        Assert.Contains("sparse", Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_nodes_too_deep_graphs_and_too_large_maps_are_refused()
    {
        ModelProto many = model.Clone();
        for (int i = 0; i < OnnxUpload.MostNodes; i++)
            many.Graph.Node.Add(new NodeProto { OpType = "Relu" });
        Assert.Contains("more than 20000 nodes", Refusal(many.ToByteArray()), StringComparison.Ordinal);

        ModelProto deep = model.Clone();
        GraphProto at = deep.Graph;
        for (int i = 0; i < 10; i++)
        {
            var inner = new GraphProto { Node = { new NodeProto { OpType = "Relu" } } };
            at.Node[0].Attribute.Add(new AttributeProto { Name = "body", G = inner });
            at = inner;
        }
        Assert.Contains("nested", Refusal(deep.ToByteArray()), StringComparison.Ordinal);

        model.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimValue = 1L << 40;
        Assert.Contains("elements", Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] onnx) => Assert.Throws<UnusableModelException>(() => OnnxUpload.Check(onnx)).Message;
}
