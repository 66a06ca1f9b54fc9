using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using Google.Protobuf;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

/// <summary>What an exported file says of itself, and that <c>predict</c> goes by it.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class NetworkMetadataTests : IDisposable
{
    private static readonly ClassList Classes = new(
        [.. Enumerable.Range(0, 10).Select(c => new SegmentationClass($"thing \"{c}\" \u00e9", (byte)(20 * c), 1, 255))],
        LabelEncoding.Ids(Enumerable.Range(0, 10).Select(c => (byte)(3 * c)), [])
    );

    private readonly TemporaryFolder folder = new();
    private readonly DerivedNetwork network;

    public NetworkMetadataTests()
    {
        manual_seed(1);
        network = new DerivedNetwork(RandomArchitectures.Draw(TinySpace.Space, Role.Student, 4));
        network.eval();
    }

    public void Dispose()
    {
        network.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_file_says_all_that_is_known_and_nothing_else()
    {
        NetworkPlan plan = Plan();
        var facts = new NetworkFacts
        {
            Classes = Classes,
            Space = "a space",
            Table = "0123",
            EstimateMs = 1.5,
        };
        NetworkExporter.Export(network, plan, folder["n.onnx"], facts: facts);
        var says = Metadata("n.onnx");

        Assert.Equal("NCHW", says["fasterseg.input.layout"]);
        Assert.Equal("float32", says["fasterseg.input.type"]);
        Assert.Equal("logits", says["fasterseg.output"]);
        Assert.Equal("8", says["fasterseg.output.stride"]);
        Assert.Equal("true", says["fasterseg.output.align_corners"]);
        Assert.Equal("255", says["fasterseg.ignore"]);
        Assert.Equal("1.5", says["fasterseg.latency.estimate_ms"]);
        Assert.Equal("a space", says["fasterseg.space"]);
        Assert.Equal(plan.Architecture, DerivedArchitectureJson.Read(says["fasterseg.architecture"]));
        Assert.Equal(OperatorCount(network), JsonDocument.Parse(says["fasterseg.cost"]).RootElement.GetProperty("parameters").GetInt64());
        // The formula of the page gives what the networks are trained on.
        double scale = double.Parse(says["fasterseg.input.scale"], CultureInfo.InvariantCulture);
        float[] mean = JsonSerializer.Deserialize<float[]>(says["fasterseg.input.mean"])!,
            std = JsonSerializer.Deserialize<float[]>(says["fasterseg.input.std"])!;
        for (int channel = 0; channel < 3; channel++)
            Assert.Equal(Normalization.Normalize(77, channel), ((77 * scale) - mean[channel]) / std[channel], tolerance: 1e-5);
        Assert.DoesNotContain("fasterseg.latency.measured_ms", says.Keys);
        Assert.DoesNotContain("fasterseg.epochs", says.Keys);
    }

    [Fact]
    public void Classes_come_back_with_names_colours_and_label_values()
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"], facts: new NetworkFacts { Classes = Classes });

        using OnnxNetwork read = OnnxNetwork.Load(folder["n.onnx"]);

        Assert.Equal(Classes.Classes, read.ClassList!.Classes);
        Assert.Equal(
            Enumerable.Range(0, 10).Select(c => (byte)(3 * c)),
            Enumerable.Range(0, 10).Select(c => read.ClassList.Encoding.ValueOf(c))
        );
    }

    [Theory]
    [InlineData(PictureLayout.Nchw, 1, DynamicAxes.None, true)]
    [InlineData(PictureLayout.Nhwc, 2, DynamicAxes.None, false)]
    [InlineData(PictureLayout.Nhwc, 1, DynamicAxes.Batch, true)]
    [InlineData(null, 1, DynamicAxes.Batch | DynamicAxes.Size, false)]
    [InlineData(null, 4, DynamicAxes.None, false)]
    public void Every_form_predicts_what_the_plain_one_does(PictureLayout? bytes, int batch, DynamicAxes open, bool argmax)
    {
        NetworkExporter.Export(network, Plan(full: argmax), folder["plain.onnx"]);
        NetworkExporter.Export(
            network,
            Plan(full: argmax),
            folder["n.onnx"],
            new ExportForm
            {
                Argmax = argmax,
                Bytes = bytes,
                Batch = batch,
                Open = open,
            }
        );
        // It fills the input: padding of bytes is the mean colour to the next whole value, and not quite the mean.
        RgbImage image = Image(64, 64);
        using OnnxNetwork plain = OnnxNetwork.Load(folder["plain.onnx"]),
            other = OnnxNetwork.Load(folder["n.onnx"]);
        byte[] wanted = plain.Predict(image).Classes,
            found = other.Predict(image).Classes;
        Assert.True(wanted.Distinct().Count() > 1);
        Assert.InRange(wanted.Zip(found).Count(pair => pair.First != pair.Second), 0, wanted.Length / 500);
    }

    /// <summary>An open size is no reason to look at another scale than the network was trained at.</summary>
    [Theory]
    [InlineData(ImageFit.Resize)]
    [InlineData(ImageFit.Pad)]
    [InlineData(ImageFit.Crop)]
    public void A_file_of_open_size_has_pictures_brought_to_the_size_that_it_was_exported_at(ImageFit fit)
    {
        var facts = new NetworkFacts { Fit = fit };
        NetworkExporter.Export(network, Plan(), folder["open.onnx"], new ExportForm { Open = DynamicAxes.Size }, facts);
        NetworkExporter.Export(network, Plan(), folder["fixed.onnx"], facts: facts);
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 96, 160), folder["larger.onnx"], facts: facts);
        Assert.Equal("[64,64]", Metadata("open.onnx")["fasterseg.input.size"]);
        Assert.DoesNotContain("fasterseg.input.size", Metadata("fixed.onnx").Keys);
        RgbImage image = Image(90, 150);
        using OnnxNetwork open = OnnxNetwork.Load(folder["open.onnx"]),
            whole = OnnxNetwork.Load(folder["fixed.onnx"]),
            larger = OnnxNetwork.Load(folder["larger.onnx"]);
        Same(whole, open);

        open.ChooseSize((96, 160));
        Same(larger, open);
        Assert.Throws<UsageException>(() => open.ChooseSize((32, 160)));
        Assert.Contains(
            "takes 64x64 and nothing else",
            Assert.Throws<UsageException>(() => whole.ChooseSize((96, 160))).Message,
            StringComparison.Ordinal
        );
        // At its own size, filled up to 96x160.
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 96, 160), folder["own.onnx"]);
        using OnnxNetwork own = OnnxNetwork.Load(folder["own.onnx"]);
        open.ChooseSize(null);
        Same(own, open);

        void Same(OnnxNetwork one, OnnxNetwork other)
        {
            byte[] wanted = one.Predict(image).Classes,
                found = other.Predict(image).Classes;
            Assert.True(wanted.Distinct().Count() > 1);
            Assert.InRange(wanted.Zip(found).Count(pair => pair.First != pair.Second), 0, wanted.Length / 500);
        }
    }

    [Fact]
    public void A_file_of_open_size_whose_network_was_trained_at_own_sizes_looks_at_a_picture_at_its_own()
    {
        NetworkExporter.Export(network, Plan(), folder["open.onnx"], new ExportForm { Open = DynamicAxes.Size });
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 96, 160), folder["fixed.onnx"]);
        RgbImage image = Image(90, 150);
        using OnnxNetwork open = OnnxNetwork.Load(folder["open.onnx"]),
            whole = OnnxNetwork.Load(folder["fixed.onnx"]);
        byte[] wanted = whole.Predict(image).Classes,
            found = open.Predict(image).Classes;
        Assert.InRange(wanted.Zip(found).Count(pair => pair.First != pair.Second), 0, wanted.Length / 500);
    }

    /// <summary>Another mean in the metadata must change the answer: nothing is known beside the file.</summary>
    [Fact]
    public void Predict_goes_by_the_metadata()
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"]);
        Edit("n.onnx", "other.onnx", MetadataKeys.Mean, "[0.9,0.1,0.4]");
        using OnnxNetwork first = OnnxNetwork.Load(folder["n.onnx"]),
            second = OnnxNetwork.Load(folder["other.onnx"]);
        RgbImage image = Image(64, 64);
        byte[] one = first.Predict(image).Classes,
            two = second.Predict(image).Classes;
        Assert.True(one.Zip(two).Count(pair => pair.First != pair.Second) > one.Length / 50);
    }

    [Fact]
    public void A_file_without_metadata_is_taken_as_before()
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"]);
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder["n.onnx"]));
        model.MetadataProps.Clear();
        File.WriteAllBytes(folder["old.onnx"], model.ToByteArray());
        using OnnxNetwork read = OnnxNetwork.Load(folder["n.onnx"]),
            old = OnnxNetwork.Load(folder["old.onnx"]);
        Assert.Null(old.ClassList);
        Assert.Equal(read.Predict(Image(50, 64)).Classes, old.Predict(Image(50, 64)).Classes);
    }

    [Theory]
    [InlineData(MetadataKeys.Fit, "stretch", "says 'stretch' for fasterseg.input.fit")]
    [InlineData(MetadataKeys.Layout, "CHWN", "this version knows NCHW or NHWC there")]
    [InlineData(MetadataKeys.Colour, "BGR", "knows RGB there")]
    [InlineData(MetadataKeys.Mean, "[1, 2]", "a list of three numbers")]
    [InlineData(MetadataKeys.Format, "9", "this version knows 1 there")]
    [InlineData(MetadataKeys.Enlargement, "nearest", "knows bilinear there")]
    [InlineData(MetadataKeys.AlignCorners, "false", "knows true there")]
    [InlineData(MetadataKeys.StandardDeviation, "[0, 1, 1]", "three numbers above 0")]
    [InlineData(MetadataKeys.Scale, "NaN", "a number above 0")]
    [InlineData(MetadataKeys.Scale, "1e999", "a number above 0")]
    [InlineData(MetadataKeys.Classes, "[null,null]", "a class has no name or no color")]
    [InlineData(MetadataKeys.Scale, "x", "a number")]
    [InlineData(MetadataKeys.Type, "uint8", "knows 1 with uint8 there")]
    [InlineData(MetadataKeys.Pad, "[0, 0]", "a list of three numbers")]
    [InlineData(MetadataKeys.Pad, "grey", "a list of three numbers")]
    [InlineData(MetadataKeys.Pad, null, "does not say its fasterseg.input.pad")]
    [InlineData(MetadataKeys.Stride, "16", "this version knows 1 or 8 there")]
    [InlineData(MetadataKeys.Stride, "1", "answers to 64x64 with 8x8, and in its metadata fasterseg.output.stride says 1")]
    [InlineData(MetadataKeys.Output, "boxes", "knows classes or logits there")]
    [InlineData(MetadataKeys.Output, "classes", "ends in logits, and in its metadata fasterseg.output says otherwise")]
    [InlineData(MetadataKeys.Multiple, "16", "knows 32 there")]
    [InlineData(MetadataKeys.Ignore, "0", "knows 255 there")]
    [InlineData(MetadataKeys.Role, "uncle", "knows student or teacher there")]
    [InlineData(MetadataKeys.Epochs, "-1", "a number of 0 or more")]
    [InlineData(MetadataKeys.Estimate, "fast", "a number of 0 or more")]
    [InlineData(MetadataKeys.Size, "[64]", "rows and columns, multiples of 32 from 64 on")]
    [InlineData(MetadataKeys.Size, "[64,65]", "rows and columns, multiples of 32 from 64 on")]
    [InlineData(MetadataKeys.Architecture, "{}", "fasterseg.architecture in the metadata of")]
    [InlineData("classes", "4", "has 10 classes, and by classes in its metadata 4")]
    [InlineData(MetadataKeys.Scale, null, "does not say its fasterseg.input.scale")]
    [InlineData(MetadataKeys.Classes, "[{}]", "is no list of classes")]
    [InlineData(MetadataKeys.Classes, """[{"name":"a","color":[1,2,3],"value":0},{"name":"b","color":[3,2,1],"value":1}]""", "names 2")]
    public void Metadata_that_cannot_be_gone_by_are_refused_with_a_sentence(string key, string? value, string sentence)
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"]);
        Edit("n.onnx", "bad.onnx", key, value);
        string message = Assert.Throws<UserErrorException>(() => OnnxNetwork.Load(folder["bad.onnx"])).Message;
        Assert.Contains(folder["bad.onnx"], message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MetadataKeys.Pad, "[300,0,0]", "three whole numbers from 0 to 255 with uint8")]
    [InlineData(MetadataKeys.Pad, "[0.5,0,0]", "three whole numbers from 0 to 255 with uint8")]
    [InlineData(MetadataKeys.Mean, "[0.4,0.4,0.4]", "knows [0,0,0] with uint8 there")]
    [InlineData(MetadataKeys.StandardDeviation, "[0.2,0.2,0.2]", "knows [1,1,1] with uint8 there")]
    public void Bytes_are_taken_as_they_are_and_metadata_that_say_otherwise_are_refused(string key, string value, string sentence)
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"], new ExportForm { Bytes = PictureLayout.Nhwc });
        OnnxNetwork.Load(folder["n.onnx"]).Dispose();
        Edit("n.onnx", "bad.onnx", key, value);
        Assert.Contains(
            sentence,
            Assert.Throws<UserErrorException>(() => OnnxNetwork.Load(folder["bad.onnx"])).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A graph that ends in classes does not tell how many there are.</summary>
    [Fact]
    public void Classes_that_the_metadata_do_not_have_are_refused_and_not_drawn()
    {
        NetworkExporter.Export(network, Plan(), folder["n.onnx"], new ExportForm { Argmax = true }, new NetworkFacts { Classes = Classes });
        byte[] answers = [.. OnnxNetwork.Load(folder["n.onnx"]).Predict(Image(64, 64)).Classes.Distinct()];
        int fewer = Math.Max(2, (int)answers.Max());
        string list = new ClassList([.. Classes.Classes.Take(fewer)], LabelEncoding.Indices(fewer)).ToJson();
        Assert.True(answers.Max() >= fewer, "This network is to answer with its higher classes.");

        // One of the three that tell.
        Edit("n.onnx", "one.onnx", MetadataKeys.Classes, list);
        Assert.Contains(
            $"has 10 classes and names {fewer}: export it again.",
            Assert.Throws<UserErrorException>(() => OnnxNetwork.Load(folder["one.onnx"])).Message,
            StringComparison.Ordinal
        );
        // All of them: only the answer itself is left.
        Edit("one.onnx", "two.onnx", MetadataKeys.Architecture, null);
        Edit("two.onnx", "three.onnx", "classes", FormattableString.Invariant($"{fewer}"));
        using OnnxNetwork lying = OnnxNetwork.Load(folder["three.onnx"]);
        Assert.Equal(fewer, lying.Classes);
        Assert.Matches(
            $@"answers with class \d, and by its metadata it has {fewer}, 0 to {fewer - 1}: export it again\.",
            Assert.Throws<UserErrorException>(() => lying.Predict(Image(64, 64))).Message
        );
    }

    [Fact]
    public void An_answer_that_is_no_number_is_refused()
    {
        using (no_grad())
            network.parameters().First().fill_(float.NaN);
        ModelProto model = NetworkExporter.ToModel(network, Plan());
        File.WriteAllBytes(folder["nan.onnx"], model.ToByteArray());
        using OnnxNetwork spoiled = OnnxNetwork.Load(folder["nan.onnx"]);
        Assert.Contains(
            "is not numbers, so its weights are spoiled",
            Assert.Throws<UserErrorException>(() => spoiled.Predict(Image(64, 64))).Message,
            StringComparison.Ordinal
        );
    }

    private NetworkPlan Plan(bool full = false) => NetworkPlan.Of(network.Architecture, 64, 64, full);

    private static long OperatorCount(DerivedNetwork network) => network.ParameterCount;

    private Dictionary<string, string> Metadata(string name) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder[name])).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);

    private void Edit(string from, string to, string key, string? value)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder[from]));
        foreach (StringStringEntryProto entry in model.MetadataProps.Where(entry => entry.Key == key).ToArray())
            model.MetadataProps.Remove(entry);
        if (value is not null)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        File.WriteAllBytes(folder[to], model.ToByteArray());
    }

    private static RgbImage Image(int height, int width)
    {
        var random = new StableRandom(5);
        var image = new RgbImage(height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(256);
        return image;
    }
}
