using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Engines;
using Google.Protobuf;
using static FasterSeg.Profiler.Service.Tests.Engines.MadeModels;

namespace FasterSeg.Profiler.Service.Tests.Engines;

/// <summary>Models as people have them: looked at, opened and run, or refused with the reason. Each stands for a kind.</summary>
public sealed class UploadedModelTests
{
    private readonly CpuEngine engine = new(CpuFacts.Read(defaultThreads: 1), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("batch 19 height width"), InlineData("1 19 height width"), InlineData("1 19 -1 -1"), InlineData(null)]
    // Of an export for another size.
    [InlineData("1 19 32 32")]
    public void FixedInputsAndAnOutputThatIsNotOrIsWrong_AreMeasured(string? output) =>
        Assert.Equal(1, Run(Segmentation(Value("x", "1 3 64 96"), Value("y", output))));

    [Fact]
    public void An_output_whose_sides_are_not_said_is_there_after_a_run()
    {
        byte[] onnx = OnnxUpload.Prepare(Segmentation(Value("x", "1 3 64 96"), Value("y", "batch 19 height width")).ToByteArray(), []);
        using IModelSession session = engine.OpenToRead(onnx, new(), Stop);
        float[] first = session.Read("y");
        session.Run();
        Assert.Equal(19 * 64 * 96, first.Length);
        Assert.Contains(first, value => value != 0);
        Assert.Equal(first, session.Read("y"));
    }

    [Theory]
    [InlineData("batch 3 64 96", "--shape x=1x3x64x96", "batchx3x64x96")]
    [InlineData("-1 3 64 96", "--shape x=1x3x64x96", "?x3x64x96")]
    [InlineData("batch channels height width", "--shape x=1x3x512x1024", "batchxchannelsxheightxwidth")]
    public void A_dynamic_input_is_refused_with_the_shape_to_write(string sides, string option, string shape)
    {
        string refusal = Refusal(Segmentation(Value("x", sides), Value("y", "batch 19 height width")));
        Assert.Equal(
            $"The shape {shape} of the model's input 'x' is dynamic: say what to measure "
                + $"with {option}, or export the model with fixed sides.",
            refusal
        );
    }

    [Theory]
    [
        InlineData("batch 3 64 96", "batch 19 64 96", 1),
        InlineData("batch 3 64 96", "batch 19 64 96", 4),
        InlineData("-1 3 64 96", "-1 19 64 96", 2),
        InlineData(null, null, 2)
    ]
    public void ADynamicInput_IsMeasuredAtTheShapeThatIsSaid(string? sides, string? output, int batch) =>
        Assert.Equal(batch, Run(Segmentation(Value("x", sides), Value("y", output)), new InputShape("x", [batch, 3, 64, 96])));

    [Fact]
    public void Several_dynamic_inputs_are_told_and_set_at_once_and_share_their_symbols()
    {
        ModelProto model = Model([Node("Add", "a b", "y")], [Value("a", "n length"), Value("b", "n length")], [Value("y", "n length")]);
        Assert.Contains("--shape a=1x128 --shape b=1x128", Refusal(model), StringComparison.Ordinal);
        Assert.Equal(2, Run(model, new InputShape("a", [2, 7])));
        Assert.Contains(
            "The side 'length' is 7 in one shape and 8 in another",
            Refusal(model, new InputShape("a", [2, 7]), new InputShape("b", [2, 8])),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_shape_that_contradicts_the_model_is_refused()
    {
        ModelProto model = Segmentation(Value("x", "batch 3 64 96"), Value("y", "batch 19 64 96"));
        Assert.Contains(
            "has no input 'z' to give a shape to: its inputs are 'x'",
            Refusal(model, new InputShape("z", [1])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "fixes it to batchx3x64x96: only dynamic sides",
            Refusal(model, new InputShape("x", [1, 4, 64, 96])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has 3 sides, and the model says batchx3x64x96: write --shape x=1x3x64x96",
            Refusal(model, new InputShape("x", [3, 64, 96])),
            StringComparison.Ordinal
        );
        Assert.Contains("has a side that is not above 0", Refusal(model, new InputShape("x", [0, 3, 64, 96])), StringComparison.Ordinal);
        Assert.Contains("would have", Refusal(model, new InputShape("x", [1L << 40, 3, 64, 96])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_without_a_shape_is_no_scalar()
    {
        ModelProto model = Single("Relu", Value("x", null), Value("y", null));
        Assert.Equal(
            "The model's input 'x' has no shape: say what to measure with --shape x=1x3x512x1024, or export the model with fixed sides.",
            Refusal(model)
        );
        Assert.Equal(1, Run(model, new InputShape("x", [1, 3, 8, 8])));
        Assert.Equal(1, Run(model, new InputShape("x", [])));
        Assert.Equal(1, Run(Single("Relu", Value("x", ""), Value("y", ""))));
    }

    [Fact]
    public void A_side_of_zero_is_not_dynamic()
    {
        string refusal = Refusal(Single("Relu", Value("x", "0 3"), Value("y", "0 3")));
        Assert.Contains("'x' is 0x3: a side of 0 holds no values", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("dynamic", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8 16 64 64", 8), InlineData("1 16 64 64", 1), InlineData("4 2 8 8 8", 4), InlineData("5 7", 5)]
    // One image without a batch, and what is none.
    [InlineData("3 64 96", 1), InlineData("7", 1)]
    public void TheBatch_IsThatOfImagesAndVectors(string sides, int batch) =>
        Assert.Equal(batch, Run(Single("Relu", Value("x", sides), Value("y", sides))));

    [Fact]
    public void The_batch_is_that_of_the_images_beside_an_input_of_another_kind() =>
        Assert.Equal(8, Run(Model([Node("Mul", "gain x", "y")], [Value("gain", "3 1 1"), Value("x", "8 3 4 4")], [Value("y", "8 3 4 4")])));

    [Fact]
    public void An_output_of_integers_is_measured() =>
        Assert.Equal(1, Run(Single("ArgMax", Value("x", "1 3 8 8"), Value("y", "1 1 8 8", Longs), Number("axis", 1))));

    [Theory]
    [
        InlineData(Bytes),
        InlineData(3),
        InlineData(4),
        InlineData(5),
        InlineData(Ints),
        InlineData(Longs),
        InlineData(12),
        InlineData(13),
        InlineData(Booleans),
        InlineData(Float16),
        InlineData(Float64),
        InlineData(16)
    ]
    public void AnInputOfAnyKindOfNumber_IsMeasured(int type) =>
        Assert.Equal(1, Run(Single("Cast", Value("x", "1 3 8 8", type), Value("y", "1 3 8 8"), Number("to", Float32))));

    /// <summary>An image's bytes, integers that are indices of anything, masks: what a model can be run with.</summary>
    [Theory]
    [
        InlineData(Bytes, 0, 255, 200),
        InlineData(3, 0, 127, 100),
        InlineData(Ints, 0, 1, 2),
        InlineData(Longs, 0, 1, 2),
        InlineData(Booleans, 0, 1, 2),
        InlineData(Float64, -7, 7, 1000)
    ]
    public void RandomInputs_AreInTheTypesRange(int type, double least, double most, int different)
    {
        ModelProto model = Single("Cast", Value("x", "1 3 64 64", type), Value("y", "1 3 64 64"), Number("to", Float32));
        using IModelSession session = engine.OpenToRead(OnnxUpload.Prepare(model.ToByteArray(), []), new() { Seed = 5 }, Stop);
        float[] seen = session.Read("y");
        Assert.All(seen, value => Assert.InRange(value, least, most));
        Assert.True(seen.Distinct().Count() >= different);
    }

    [Fact]
    public void Indices_AreValid() =>
        Assert.Equal(
            1,
            Run(Model([Node("Gather", "table x", "y")], [Value("x", "1 16", Longs)], [Value("y", "1 16 4")], Kernel("table", 2, 4)))
        );

    [Fact]
    public void An_input_of_texts_is_refused_by_name() =>
        Assert.Contains(
            "input 'x' is a string tensor",
            Refusal(Single("Identity", Value("x", "1", Text), Value("y", "1", Text))),
            StringComparison.Ordinal
        );

    [Fact]
    public void Trees_and_the_like_are_measured_though_they_give_maps_and_texts()
    {
        NodeProto zip = Node(
            "ZipMap",
            "x",
            "y",
            new AttributeProto
            {
                Name = "classlabels_strings",
                Type = AttributeProto.Types.AttributeType.Strings,
                Strings = { ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b") },
            }
        );
        zip.Domain = "ai.onnx.ml";
        ModelProto model = Model([zip], [Value("x", "1 2")], [new ValueInfoProto { Name = "y" }]);
        // A sequence of maps from text to float32, which this program's part of the format does not know.
        model.Graph.Output[0].Type = TypeProto.Parser.ParseFrom(new byte[] { 0x22, 12, 0x0a, 10, 0x2a, 8, 8, 8, 0x12, 4, 0x0a, 2, 8, 1 });
        model = ModelProto.Parser.ParseFrom(model.ToByteArray());
        Assert.Equal(1, Run(model));
    }

    [Fact]
    public void A_graph_without_nodes_is_said_to_have_none() =>
        Assert.Equal(
            "The model's graph has no nodes: it computes nothing, so there is nothing to measure.",
            Refusal(Model([], [Value("x", "1")], [Value("x", "1")]))
        );

    [Fact]
    public void Weights_in_another_file_are_refused_with_its_name_and_the_way_out()
    {
        ModelProto model = Segmentation(Value("x", "1 3 64 96"), Value("y", "1 19 64 96"));
        model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        model.Graph.Initializer[0].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "model.onnx.data" });
        Assert.Equal(
            "The weights 'w' are kept in another file ('model.onnx.data'), which is not sent with the model: save it with its "
                + "weights inside, e.g. with Python's onnx.save(onnx.load(FILE), OTHER_FILE).",
            Refusal(model)
        );
    }

    [Fact]
    public void A_model_that_cannot_run_is_refused_with_its_reason()
    {
        // The ratio of a dropout lies between 0 and 1, and a random one need not.
        ModelProto model = Model([Node("Dropout", "x r", "y")], [Value("x", "4 4"), Value("r", "")], [Value("y", "4 4")]);
        Assert.Contains("ratio", Refusal(model), StringComparison.Ordinal);
    }

    private int Run(ModelProto model, params InputShape[] shapes)
    {
        using IModelSession session = engine.OpenToRead(OnnxUpload.Prepare(model.ToByteArray(), shapes), new() { Seed = 1 }, Stop);
        session.Run();
        Assert.True(session.FirstRunMs > 0);
        return session.BatchSize;
    }

    private string Refusal(ModelProto model, params InputShape[] shapes) =>
        Assert.Throws<UnusableModelException>(() => Run(model, shapes)).Message;
}
