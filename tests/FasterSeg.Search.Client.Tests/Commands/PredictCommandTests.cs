using FasterSeg.Operators.Spaces;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Export;
using FasterSeg.Search.Client.Networks;
using FasterSeg.Search.Client.Searching;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg predict</c> on a picture, a folder, and a data set's split.</summary>
public sealed class PredictCommandTests : IDisposable
{
    private static readonly SearchSpace Space = new(64, 64, Fch: 2, [0.5, 1], Layers: 4, Classes: 19, 1, 1, 0.5, 0.5);

    private readonly TemporaryFolder folder = new();

    public PredictCommandTests()
    {
        using var network = new DerivedNetwork(RandomArchitectures.Draw(Space, Role.Student, 4));
        network.eval();
        NetworkExporter.Export(network, NetworkPlan.Of(network.Architecture, 64, 64), folder["n.onnx"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_folder_of_frames_becomes_a_folder_of_overlays()
    {
        Picture("frames/0001.png");
        Picture("frames/0002.png");
        var (code, output, error) = await Shell.RunAsync("predict", "--onnx", folder["n.onnx"], "--image", folder["frames"], "--out", folder["seen"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("2 pictures are in", output, StringComparison.Ordinal);
        Assert.Equal(["0001.png", "0002.png"], Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order());
        Assert.True(ImageFile.Read(Path.Combine(folder["seen"], "0001.png")).Width >= 60);
    }

    [Fact]
    public async Task Cityscapes_test_images_become_label_ids_in_the_layout_of_a_submission()
    {
        Picture("leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png");
        foreach (string name in new[] { "train/ulm/ulm_000000_000000", "val/ulm/ulm_000000_000001" })
        {
            Picture($"leftImg8bit/{name}_leftImg8bit.png");
            Picture($"gtFine/{name}_gtFine_labelIds.png");
        }
        var (code, _, error) = await Shell.RunAsync("predict", "--onnx", folder["n.onnx"], "--data", "cityscapes:" + folder.Path, "--split", "test", "--labels", "--out", folder["sent"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        var written = Png.Read(Path.Combine(folder["sent"], "results", "berlin_000000_000019_predictedLabelIds.png"));
        Assert.Equal((50, 60, 1), (written.Height, written.Width, written.Channels));
        LabelMap answer = OnnxAnswer("leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png");
        byte[] ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];
        Assert.Equal(answer.Classes.Select(c => ids[c]), written.Samples);
        Assert.True(answer.Classes.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--split val")]
    [InlineData("--image x.png --split val --data synthetic")]
    public async Task What_to_segment_is_said_once(string more)
    {
        var (code, _, error) = await Shell.RunAsync(["predict", "--onnx", folder["n.onnx"], "--out", folder["o.png"], .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("--split", error, StringComparison.Ordinal);
    }

    private LabelMap OnnxAnswer(string picture)
    {
        using OnnxNetwork network = OnnxNetwork.Load(folder["n.onnx"]);
        return network.Predict(ImageFile.Read(folder[picture]));
    }

    private void Picture(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        var random = new StableRandom(name.Length);
        var image = new RgbImage(50, 60);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.Next(256);
        ImageFile.WritePng(folder[name], image);
    }
}
