using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class DatasetLocatorTests : IDisposable
{
    private const string Classes =
        """{ "classes": [ { "name": "road", "color": [1, 2, 3] }, { "name": "sky", "color": [4, 5, 6] } ], "ignore": 9 }""";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cam_vid_has_its_classes_and_samples()
    {
        SegmentationDataset data = DatasetLocator.Open("camvid:" + SharedFolder.CamVid(), new DataOptions());
        Assert.Equal(("CamVid", 367, 101, 11), (data.Name, data.Train.Count, data.Validation.Count, data.Classes.Count));
        Sample sample = data.Split("val").Load(0);
        Assert.Equal("0016E5_07959.png", sample.Name);
        Assert.Equal((360, 480), (sample.Image.Height, sample.Image.Width));
        Assert.All(sample.Label.Classes.Distinct(), label => Assert.True(label is < 11 or LabelMap.Ignore));
        Assert.Contains(LabelMap.Ignore, sample.Label.Classes);
        Assert.Same(sample, data.Validation.Load(0));
    }

    [Fact]
    public void A_folder_of_images_and_masks_is_a_set()
    {
        WriteFolder();
        File.Copy(folder["images/train/b.png"], folder["images/train/a.png"]);
        File.WriteAllBytes(folder["masks/train/a.png"], TestPng.Of(1, 2, TestPng.Rgb, 8, [4, 5, 6, 1, 2, 3], _ => 0));
        SegmentationDataset data = Open();
        Assert.Equal((2, 1), (data.Train.Count, data.Validation.Count));
        Assert.Equal(["road", "sky"], data.Classes.Select(c => c.Name));
        Assert.Equal([1, 0], data.Train.Load(0).Label.Classes);
        Assert.Equal([1, 255], data.Train.Load(1).Label.Classes);
        Assert.Equal("b.png", data.Train.Load(1).Name);
    }

    [Theory]
    [InlineData("kitti:x", "use camvid:DIR, cityscapes:DIR, bdd:DIR, folder:DIR or synthetic")]
    [InlineData("camvid", "names no folder")]
    [InlineData("folder:", "names no folder")]
    [InlineData("synthetic:x", "write just 'synthetic'")]
    [InlineData("", "use camvid:DIR, cityscapes:DIR, bdd:DIR, folder:DIR or synthetic")]
    public void A_wrong_location_is_wrong_usage(string location, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<UsageException>(() => DatasetLocator.Open(location, new DataOptions())).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_missing_folder_is_named() =>
        Assert.Contains(
            "'/no/such/folder' does not exist",
            Failure(() => DatasetLocator.Open("camvid:/no/such/folder", new DataOptions())),
            StringComparison.Ordinal
        );

    [Fact]
    public void An_unknown_split_is_wrong_usage() =>
        Assert.Throws<UsageException>(() => DatasetLocator.Open("synthetic", new DataOptions()).Split("test"));

    [Fact]
    public void Faults_of_cam_vids_lists_are_named_by_file_and_line()
    {
        Assert.Contains("train.txt' is missing", Failure(OpenCamVid), StringComparison.Ordinal);
        folder.Write("train.txt", "\n");
        Assert.Contains("train.txt' is empty", Failure(OpenCamVid), StringComparison.Ordinal);
        folder.Write("train.txt", "\nonly-one.png\n");
        Assert.Contains("train.txt', line 2: expected an image and a label image", Failure(OpenCamVid), StringComparison.Ordinal);
        folder.Write("train.txt", "/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png\n");
        Assert.Contains("line 1 names '" + Path.Combine(folder.Path, "train/a.png"), Failure(OpenCamVid), StringComparison.Ordinal);

        folder.Write("train.txt", "a.png b.png c.png\n");
        Assert.Contains("with a space or a tab between", Failure(OpenCamVid), StringComparison.Ordinal);

        SegmentationDataset OpenCamVid() => DatasetLocator.Open("camvid:" + folder.Path, new DataOptions());
    }

    [Theory]
    [InlineData("/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png\n")]
    [InlineData("\uFEFF/SegNet/CamVid/train/a.png\t/SegNet/CamVid/trainannot/a.png\r\n\r\n")]
    [InlineData("CamVid/train/a.png CamVid/trainannot/a.png")]
    [InlineData("/home/me/camvid/train/a.PNG train/../trainannot/a.png")]
    public void Cam_vids_lists_are_read_as_programs_write_them(string list)
    {
        foreach (string name in new[] { "train", "trainannot" })
        {
            Directory.CreateDirectory(folder[name]);
            File.WriteAllBytes(
                folder[name + (list.Contains("PNG", StringComparison.Ordinal) && name == "train" ? "/a.PNG" : "/a.png")],
                TestPng.OfGrey(1, 2, 1, 11)
            );
        }
        folder.Write("train.txt", list);
        folder.Write("val.txt", list);
        Assert.Equal([1, 255], DatasetLocator.Open("camvid:" + folder.Path, new DataOptions()).Validation.Load(0).Label.Classes);
    }

    [Fact]
    public void Faults_of_a_folder_are_named()
    {
        Assert.Contains("classes.json", Failure(Open), StringComparison.Ordinal);
        WriteFolder();
        File.WriteAllBytes(folder["masks/val/c.png"], TestPng.OfGrey(2, 1, 0, 0));
        Assert.Contains("must be of one size", Failure(() => Open().Validation.Load(0)), StringComparison.Ordinal);
        File.Delete(folder["masks/val/c.png"]);
        Assert.Contains("c.png' has no mask", Failure(Open), StringComparison.Ordinal);
        File.Delete(folder["images/val/c.png"]);
        Assert.Contains("no PNG, JPEG, WebP or BMP image", Failure(Open), StringComparison.Ordinal);
        Directory.Delete(folder["images/val"]);
        Assert.Contains(Path.Combine("images", "val"), Failure(Open), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[ { "name": "a", "color": [1, 2, 3] } ]""", "it is a list; write an object")]
    [InlineData("""{ "classes": { "road": [1, 2, 3] } }""", "classes is an object; write a list")]
    [InlineData("""{ "classes": [ "road", "sky" ] }""", "classes[0] is a text; write {")]
    [InlineData("""{ "classes": [ { "name": 3, "color": [1, 2, 3] } ] }""", "classes[0].name is a number; write a text")]
    [InlineData("""{ "classes": [ { "color": [1, 2, 3] } ] }""", "classes[0] has no name")]
    [InlineData("""{ "classes": [ { "name": "a" } ] }""", "classes[0], class 'a', has no color")]
    [InlineData("""{ "classes": [ { "name": "a", "color": "#ff0000" } ] }""", "the color of class 'a' is not three numbers")]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2.5, 3] } ] }""", "the color of class 'a' is not three numbers")]
    [InlineData(
        """{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "color": [4, 5, 6] } ], "ignore": "255" }""",
        "ignore is \"255\"; use 0 to 255."
    )]
    [InlineData(
        """{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "color": [4, 5, 6] } ], "firstIndex": 254 }""",
        "firstIndex is 254; use 0 to 253."
    )]
    [InlineData(
        """{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "color": [4, 5, 6] } ], "ignoreColour": [0, 0, 0] }""",
        "it has a member 'ignoreColour'"
    )]
    [InlineData("{", "is broken: it ends in the middle, in line 1, column 2.")]
    [InlineData("""{ "classes": [ { "name": "\ud800", "color": [1, 2, 3] } ] }""", "half of a surrogate pair")]
    [InlineData("""{ "\ud800": 1 }""", "half of a surrogate pair")]
    [InlineData("\0\0\0\0", "holds nothing but zeros")]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2, 3] } ] }""", "it has 1 class; use 2 to 255")]
    [InlineData("null", "is broken")]
    [InlineData("""{ "ignore": 3 }""", "classes")]
    [InlineData("""{ "classes": null }""", "classes")]
    [InlineData("""{ "classes": [null, null] }""", "class")]
    [InlineData("""{ "classes": [] }""", "0 classes")]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "a", "color": [1, 2, 4] } ] }""", "'a' appears twice")]
    [InlineData(
        """{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "color": [1, 2, 3] } ] }""",
        "'a' and 'b' have the same color"
    )]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2] }, { "name": "b", "color": [1, 2, 3] } ] }""", "color of class 'a'")]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2, 256] }, { "name": "b", "color": [1, 2, 3] } ] }""", "color of class 'a'")]
    [InlineData("""{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "colour": [1, 2, 3] } ] }""", "colour")]
    [InlineData(
        """{ "classes": [ { "name": "a", "color": [1, 2, 3] }, { "name": "b", "color": [4, 5, 6] } ], "ignore": 256 }""",
        "ignore is 256"
    )]
    public void A_broken_classes_file_is_named(string content, string expected)
    {
        string message = Failure(() => ClassesFile.Read(folder.Write("classes.json", content)));
        Assert.Contains("classes.json", message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("FasterSeg.", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    private SegmentationDataset Open() => DatasetLocator.Open("folder:" + folder.Path, new DataOptions());

    private void WriteFolder()
    {
        foreach (string path in new[] { "images/train", "images/val", "masks/train", "masks/val" })
            Directory.CreateDirectory(folder[path]);
        folder.Write("classes.json", Classes);
        foreach (string name in new[] { "train/b.png", "val/c.png" })
        {
            ImageFile.WritePng(folder["images/" + name], new RgbImage(1, 2, [1, 2, 3, 4, 5, 6]));
            File.WriteAllBytes(folder["masks/" + name], TestPng.OfGrey(1, 2, 1, 9));
        }
    }

    private static string Failure(Func<object> action)
    {
        string message = Assert.ThrowsAny<UserErrorException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
