using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Data;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using Google.Protobuf;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

/// <summary>What an exported file says of itself, and that <c>predict</c> goes by it.</summary>
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

    [Fact]
    public void A_file_of_open_size_looks_at_a_picture_at_its_own_size()
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
    [InlineData(MetadataKeys.Type, "uint8", "is not a network of this program")]
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
