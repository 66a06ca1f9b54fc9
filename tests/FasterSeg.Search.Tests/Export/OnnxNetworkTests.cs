using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Tests.Data;
using Google.Protobuf;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

/// <summary>Prediction with an exported file, and files that are none.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class OnnxNetworkTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    [Theory]
    [
        InlineData(64, 64, false, false, ImageFit.Resize),
        InlineData(64, 64, true, false, ImageFit.Crop),
        InlineData(50, 61, false, false, ImageFit.Own),
        InlineData(33, 64, true, false, ImageFit.Own),
        InlineData(33, 64, true, true, ImageFit.Own),
        InlineData(90, 200, false, false, ImageFit.Own),
        InlineData(90, 200, false, false, ImageFit.Resize),
        InlineData(30, 40, false, false, ImageFit.Resize),
        InlineData(90, 200, true, false, ImageFit.Pad),
        InlineData(30, 40, false, false, ImageFit.Pad),
        InlineData(90, 200, false, false, ImageFit.Crop),
        InlineData(30, 40, true, false, ImageFit.Crop)
    ]
    public void An_exported_network_predicts_what_the_trained_one_does(int height, int width, bool full, bool argmax, ImageFit fit)
    {
        using var folder = new TemporaryFolder();
        manual_seed(1);
        using var network = new DerivedNetwork(RandomArchitectures.Draw(Space, Role.Student, 4));
        network.eval();
        NetworkExporter.Export(
            network,
            NetworkPlan.Of(network.Architecture, 64, 64, full),
            folder["n.onnx"],
            new ExportForm { Argmax = argmax },
            new NetworkFacts { Fit = fit }
        );
        RgbImage image = Image(height, width);

        using OnnxNetwork exported = OnnxNetwork.Load(folder["n.onnx"]);
        LabelMap wanted = ImagePrediction.Of(network, image, EvaluationMode.Plain.At(64, 64, fit), CPU),
            found = exported.Predict(image);
        Assert.Equal((height, width), (found.Height, found.Width));
        Assert.True(wanted.Classes.Distinct().Count() > 1);
        // Rounding may tip a pixel between two classes that are as likely.
        Assert.InRange(wanted.Classes.Zip(found.Classes).Count(pair => pair.First != pair.Second), 0, wanted.Classes.Length / 200);
    }

    [Fact]
    public void A_file_that_does_not_say_how_images_come_to_its_size_has_them_as_before_there_was_a_choice()
    {
        using var folder = new TemporaryFolder();
        using var network = new DerivedNetwork(RandomArchitectures.Draw(Space, Role.Student, 4));
        network.eval();
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 64, 64), folder["n.onnx"]);
        using OnnxNetwork exported = OnnxNetwork.Load(folder["n.onnx"]);
        Assert.Equal(ImageFit.Own, exported.Fit);
    }

    [Fact]
    public void Classes_at_an_eighth_are_enlarged_by_repeating_them()
    {
        using var folder = new TemporaryFolder();
        using var network = new DerivedNetwork(RandomArchitectures.Draw(Space, Role.Student, 4));
        network.eval();
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 64, 64), folder["n.onnx"], new ExportForm { Argmax = true });
        using OnnxNetwork exported = OnnxNetwork.Load(folder["n.onnx"]);
        Assert.Equal(network.Architecture.Classes, exported.Classes);
        LabelMap found = exported.Predict(Image(64, 64));
        Assert.Equal(found.DownSample(8).Resize(64, 64).Classes, found.Classes);
    }

    [Fact]
    public void Files_that_are_no_network_of_ours_are_refused_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.onnx"], "hello");
        File.WriteAllBytes(
            folder["operator.onnx"],
            OperatorModel.Build(new OperatorSpec(OperatorKind.Conv, 8, 8, 16, 16), batch: 1, seed: 1).ToByteArray()
        );
        Assert.Contains("There is no file", Message(folder["missing.onnx"]), StringComparison.Ordinal);
        Assert.Contains("cannot be read as an ONNX network", Message(folder["text.onnx"]), StringComparison.Ordinal);
        Assert.Contains("is not a network of this program", Message(folder["operator.onnx"]), StringComparison.Ordinal);
    }

    private static string Message(string path) => Assert.ThrowsAny<UserErrorException>(() => OnnxNetwork.Load(path)).Message;

    private static RgbImage Image(int height, int width)
    {
        var random = new StableRandom(5);
        var image = new RgbImage(height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(256);
        return image;
    }
}
