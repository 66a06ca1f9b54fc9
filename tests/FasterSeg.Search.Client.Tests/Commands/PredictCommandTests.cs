using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Data;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
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
        foreach (string other in new[] { "a.gif", "b.GIF", "c.tiff", "notes", ".hidden.gif" })
            folder.Write("frames/" + other, "no picture that is read");
        var (code, output, error) = await Shell.RunAsync(
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["frames"],
            "--out",
            folder["seen"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("2 pictures are in", output, StringComparison.Ordinal);
        Assert.Matches(
            @"4 files of .* are left out, as pictures are PNG, JPEG, WebP or BMP: 2 \.gif, 1 without an extension, 1 \.tiff\.",
            string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
        Assert.Equal(["0001.png", "0002.png"], Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order());
        Assert.True(ImageFile.Read(Path.Combine(folder["seen"], "0001.png")).Width >= 60);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_read_stops_none_of_the_others()
    {
        foreach (string name in new[] { "1.png", "2.png", "3.png", "4.png" })
            Picture("frames/" + name);
        File.WriteAllBytes(folder["frames/2.png"], File.ReadAllBytes(folder["frames/2.png"])[..200]);
        if (OperatingSystem.IsLinux())
        {
            File.Delete(folder["frames/3.png"]);
            using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [folder["frames/3.png"]]);
            mkfifo.WaitForExit();
        }
        else
        {
            File.WriteAllText(folder["frames/3.png"], "no picture");
        }
        var (code, output, error) = await Shell.RunAsync(
            width: 1000,
            ["predict", "--onnx", folder["n.onnx"], "--image", folder["frames"], "--out", folder["seen"]]
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal(["1.png", "4.png"], Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order());
        Assert.Contains("2 pictures are in", output, StringComparison.Ordinal);
        Assert.Contains("2.png' is damaged or cut off", output, StringComparison.Ordinal);
        Assert.Contains(
            OperatingSystem.IsLinux() ? "3.png' is a device or a pipe and no file" : "3.png' is not a picture",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("2 of 4 pictures have no prediction", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("o.jpg", new byte[] { 0xff, 0xd8, 0xff })]
    [InlineData("o.JPEG", new byte[] { 0xff, 0xd8, 0xff })]
    [InlineData("o.bmp", new byte[] { (byte)'B', (byte)'M' })]
    [InlineData("o.webp", new byte[] { (byte)'R', (byte)'I', (byte)'F', (byte)'F' })]
    [InlineData("o.png", new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' })]
    public async Task An_overlay_is_what_its_name_says(string name, byte[] start)
    {
        Picture("a.png");
        var (code, _, error) = await Shell.RunAsync(
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["a.png"],
            "--out",
            folder[name]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(start, File.ReadAllBytes(folder[name])[..start.Length]);
        Assert.True(ImageFile.Read(folder[name]).Width >= 60);
    }

    [Theory]
    [InlineData("o.jpg", "--labels", "label images are PNG")]
    [InlineData("o.bmp", "--labels", "label images are PNG")]
    [InlineData("o.webp", "--labels", "label images are PNG")]
    [InlineData("o.gif", "--labels", "pictures are not written as .gif: name a .png file")]
    [InlineData("o.txt", "", "pictures are not written as .txt: name a .png, .jpg, .webp or .bmp file")]
    [InlineData("o.TIFF", "", "pictures are not written as .tiff: name a .png, .jpg, .webp or .bmp file")]
    public async Task A_name_of_a_format_that_is_not_written_is_refused(string name, string more, string expected)
    {
        Picture("a.png");
        var (code, _, error) = await Shell.RunAsync([
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["a.png"],
            "--out",
            folder[name],
            .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder[name]));
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
        var (code, _, error) = await Shell.RunAsync(
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--data",
            "cityscapes:" + folder.Path,
            "--split",
            "test",
            "--labels",
            "--out",
            folder["sent"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        var written = Png.Read(Path.Combine(folder["sent"], "results", "berlin_000000_000019_predictedLabelIds.png"));
        Assert.Equal((50, 60, 1), (written.Height, written.Width, written.Channels));
        LabelMap answer = OnnxAnswer("leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png");
        byte[] ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];
        Assert.Equal(answer.Classes.Select(c => ids[c]), written.Samples);
        Assert.True(answer.Classes.Distinct().Count() > 1);
    }

    [Fact]
    public async Task A_folder_of_pictures_is_never_its_own_output()
    {
        Picture("frames/a.png");
        Picture("frames/b.png");
        byte[] before = File.ReadAllBytes(folder["frames/a.png"]);
        foreach (string[] more in new string[][] { [], ["--overwrite"] })
        {
            var (code, output, error) = await Shell.RunAsync([
                "predict",
                "--onnx",
                folder["n.onnx"],
                "--image",
                folder["frames"],
                "--out",
                folder["frames"],
                .. more,
            ]);
            Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
            Assert.Contains("a.png would be written over an input of this command", error, StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllBytes(folder["frames/a.png"]));
    }

    [Theory]
    [InlineData("a.png", "")]
    [InlineData("./a.png", "--overwrite")]
    [InlineData("n.onnx", "--overwrite")]
    public async Task A_picture_and_the_network_are_never_the_output(string file, string more)
    {
        Picture("a.png");
        byte[] before = File.ReadAllBytes(folder[file]);
        var (code, _, error) = await Shell.RunAsync([
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["a.png"],
            "--out",
            folder[file],
            .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("would be written over", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder[file]));
    }

    [Fact]
    public async Task A_prediction_that_is_there_is_replaced_only_where_the_user_says_so()
    {
        Picture("frames/0001.png");
        Picture("frames/0002.png");
        string[] line = ["predict", "--onnx", folder["n.onnx"], "--image", folder["frames"], "--out", folder["seen"]];
        // As an interrupted batch leaves it.
        Directory.CreateDirectory(folder["seen"]);
        string done = folder.Write("seen/0002.png", "done");
        var (code, _, error) = await Shell.RunAsync(line);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(
            $"1 of the 2 files to write is there already, e.g. {done}: name another folder "
                + "with --out, or write all of them anew with --overwrite.",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(["0002.png"], Directory.GetFiles(folder["seen"]).Select(Path.GetFileName));
        Assert.Equal("done", File.ReadAllText(done));

        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, "--overwrite"])).Code);
        Assert.Equal(["0001.png", "0002.png"], Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order());
        Assert.True(ImageFile.Read(done).Width >= 60);
    }

    [Fact]
    public async Task A_single_prediction_that_is_there_is_replaced_only_where_the_user_says_so()
    {
        Picture("a.png");
        string output = folder.Write("o.png", "mine");
        string[] line = ["predict", "--onnx", folder["n.onnx"], "--image", folder["a.png"], "--out", output];
        var (code, _, error) = await Shell.RunAsync(line);
        Assert.Equal((ExitCodes.Failed, "mine"), (code, File.ReadAllText(output)));
        Assert.Contains(
            "o.png is there already: name another file with --out, or replace it with --overwrite.",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, "--overwrite"])).Code);
        Assert.True(ImageFile.Read(output).Width >= 60);
    }

    [Fact]
    public async Task Pictures_of_one_stem_have_a_prediction_each()
    {
        Picture("frames/x.png");
        Picture("frames/x.jpg");
        Picture("frames/y.png");
        var (code, output, error) = await Shell.RunAsync(
            width: 400,
            ["predict", "--onnx", folder["n.onnx"], "--image", folder["frames"], "--out", folder["seen"]]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(
            ["x-2.png", "x.png", "y.png"],
            Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Contains($"x.jpg is in {Path.Combine(folder["seen"], "x-2.png")}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_splits_pictures_and_masks_are_never_the_output()
    {
        foreach (string split in new[] { "train", "val" })
        {
            Picture($"data/images/{split}/f.png");
            Picture($"data/masks/{split}/f.png");
        }
        string classes = string.Join(",", Enumerable.Range(0, 19).Select(i => $$"""{ "name": "c{{i}}", "color": [{{i}}, 0, 0] }"""));
        folder.Write("data/classes.json", $$"""{ "classes": [{{classes}}] }""");
        ByteOrderMark.PutBefore(folder["data/classes.json"]);
        string[] line =
        [
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--data",
            "folder:" + folder["data"],
            "--split",
            "val",
            "--overwrite",
            "--out",
        ];
        foreach (string place in new[] { "data/images/val", "data/masks/val", "data/masks/train" })
        {
            byte[] before = File.ReadAllBytes(folder[place + "/f.png"]);
            var (code, _, error) = await Shell.RunAsync([.. line, folder[place]]);
            Assert.Equal(ExitCodes.WrongUsage, code);
            Assert.Contains("would be written over", error, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(folder[place + "/f.png"]));
        }
        Picture("a.png");
        var single = await Shell.RunAsync(
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["a.png"],
            "--data",
            "folder:" + folder["data"],
            "--overwrite",
            "--out",
            folder["data/classes.json"]
        );
        Assert.Equal(ExitCodes.WrongUsage, single.Code);
        Assert.Contains("classes.json would be written over", single.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_picture_in_a_folder_is_read()
    {
        foreach (string name in new[] { "a.png", "b.jpg", "c.JPEG", "d.webp", "e.bmp", "F.BMP", "g.WebP" })
            Picture("frames/" + name);
        folder.Write("frames/notes.txt", "none");
        var (code, output, error) = await Shell.RunAsync(
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--image",
            folder["frames"],
            "--out",
            folder["seen"],
            "--colours"
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("7 pictures are in", output, StringComparison.Ordinal);
        RgbImage exact = ImageFile.Read(Path.Combine(folder["seen"], "a.png"));
        foreach (string name in new[] { "e", "F" })
            Assert.Equal(exact.Pixels.Length, ImageFile.Read(Path.Combine(folder["seen"], name + ".png")).Pixels.Length);
    }

    [Fact]
    public async Task Colours_alone_have_the_pictures_size_and_no_other_colours_than_the_classes()
    {
        Picture("a.png");
        string[] line = ["predict", "--onnx", folder["n.onnx"], "--image", folder["a.png"], "--out"];
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, folder["c.png"], "--colours"])).Code);
        RgbImage colours = ImageFile.Read(folder["c.png"]);
        IReadOnlyList<SegmentationClass> palette = ClassPalette.Of(19);
        Assert.Equal(
            OnnxAnswer("a.png").Classes.SelectMany(c => new[] { palette[c].Red, palette[c].Green, palette[c].Blue }),
            colours.Pixels
        );
        Assert.Equal((50, 60), (colours.Height, colours.Width));
        // A BMP keeps every value, whatever the width is.
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, folder["c.bmp"], "--colours"])).Code);
        Assert.Equal(colours.Pixels, ImageFile.Read(folder["c.bmp"]).Pixels);
        var both = await Shell.RunAsync([.. line, folder["d.png"], "--colours", "--labels"]);
        Assert.Equal(ExitCodes.WrongUsage, both.Code);
        Assert.Contains("--labels and --colours", both.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--split val")]
    [InlineData("--image x.png --split val --data synthetic")]
    public async Task What_to_segment_is_said_once(string more)
    {
        var (code, _, error) = await Shell.RunAsync([
            "predict",
            "--onnx",
            folder["n.onnx"],
            "--out",
            folder["o.png"],
            .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
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
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(256);
        ImageFile.Write(folder[name], image);
    }
}
