using FasterSeg.Latency;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

/// <summary>Data folders as people have them: each is read as the plain one is, or refused with the cause.</summary>
public sealed class CaseTests
{
    [Theory]
    [InlineData("apple_double")]
    [InlineData("mask_palette")]
    [InlineData("mask_palette_other_order")]
    [InlineData("mask_rgb")]
    [InlineData("mask_trailing_after_iend")]
    [InlineData("mask_index_in_3_channels")]
    [InlineData("mask_upper_ext")]
    [InlineData("image_png_exif6_upright_mask")]
    public void A_sound_folder_is_read_as_base(string name)
    {
        using CaseFolder folder = new(name),
            plain = new("base");
        SegmentationDataset data = folder.Open(),
            expected = plain.Open();
        Assert.Equal((1, 1), (data.Train.Count, data.Validation.Count));
        foreach (
            (ISampleSource ours, ISampleSource theirs) in new[] { (data.Train, expected.Train), (data.Validation, expected.Validation) }
        )
        {
            Assert.Equal(theirs.Load(0).Label.Classes, ours.Load(0).Label.Classes);
            Assert.Equal((theirs.Load(0).Image.Height, theirs.Load(0).Image.Width), (ours.Load(0).Image.Height, ours.Load(0).Image.Width));
            Assert.Equal(theirs.Load(0).Image.Pixels, ours.Load(0).Image.Pixels);
        }
    }

    /// <summary>Its masks were made on the pictures as they are stored: their sides say so.</summary>
    [Fact]
    public void A_jpeg_whose_mask_fits_it_only_as_stored_is_not_turned()
    {
        using CaseFolder folder = new("image_exif6"),
            plain = new("base");
        Sample ours = folder.Open().Validation.Load(0),
            theirs = plain.Open().Validation.Load(0);
        Assert.Equal(theirs.Label.Classes, ours.Label.Classes);
        Assert.Equal((64, 96), (ours.Image.Height, ours.Image.Width));
        Assert.InRange(ours.Image.Pixels.Zip(theirs.Image.Pixels).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 20);
    }

    [Theory]
    [InlineData("image_exif3", "EXIF orientation 3")]
    [InlineData("mask_bitflip_stored", "is damaged: the checksum of its part IDAT is wrong")]
    [InlineData("dup_stem", "share one mask")]
    [InlineData("ignore_0_one_based", "write \"firstIndex\": 1 in classes.json")]
    [InlineData("classes_extra", "classes[0] has a member 'id', which means nothing here")]
    [InlineData("mask_jpg_ext", "but 'f00.jpg'; masks must be PNG")]
    [InlineData("mask_rgba_transparent_black", "colour (0, 0, 0), transparent, at row 0, column 0")]
    public void A_folder_that_cannot_be_read_rightly_is_refused_by_its_cause(string name, string expected)
    {
        using var folder = new CaseFolder(name);
        string message = Assert.Throws<UserErrorException>(() => folder.Open().Validation.Load(0)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("archive", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_that_count_from_1_are_read_where_classes_json_says_so()
    {
        using CaseFolder folder = new("ignore_0_one_based"),
            plain = new("base");
        string classes = File.ReadAllText(folder["classes.json"]);
        File.WriteAllText(
            folder["classes.json"],
            classes.Replace("\"ignore\": 0", "\"ignore\": 0, \"firstIndex\": 1", StringComparison.Ordinal)
        );
        SegmentationDataset data = folder.Open();
        Assert.Equal(plain.Open().Validation.LoadLabel(0).Classes, data.Validation.LoadLabel(0).Classes);
        Assert.Equal([1, 2, 3, 255], data.Encoding.Encode(new LabelMap(1, 4, [0, 1, 2, 255])));
    }

    /// <summary>A mask of zeros beside masks that count from 1: what it needs is named.</summary>
    [Fact]
    public void A_value_before_the_first_index_is_asked_about()
    {
        using var folder = new CaseFolder("ignore_0_one_based");
        string classes = File.ReadAllText(folder["classes.json"]);
        File.WriteAllText(folder["classes.json"], classes.Replace("\"ignore\": 0", "\"firstIndex\": 1", StringComparison.Ordinal));
        File.WriteAllBytes(folder["masks/val/f00.png"], TestPng.OfGrey(64, 96, new byte[64 * 96]));
        Assert.EndsWith(
            "Where 0 stands for pixels without a label, write \"ignore\": 0 in classes.json.",
            Assert.Throws<UserErrorException>(() => folder.Open().Validation.Load(0)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>One letter with its accent, and the letter and then the accent: the same to look at.</summary>
    [Fact]
    public void A_mask_whose_name_is_only_stored_otherwise_is_named()
    {
        using var folder = new CaseFolder("base");
        File.Move(folder["images/val/f00.png"], folder["images/val/Mu\u0308nster.png"]);
        File.Move(folder["masks/val/f00.png"], folder["masks/val/M\u00FCnster.png"]);
        Assert.Contains(
            "but 'M\u00FCnster.png', whose letters with accents are stored in another way",
            Assert.Throws<UserErrorException>(folder.Open).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_with_other_files_only_says_what_is_there()
    {
        using var folder = new CaseFolder("base");
        File.Delete(folder["images/val/f00.png"]);
        File.WriteAllText(folder["images/val/._f00.png"], "a note of the system");
        File.WriteAllText(folder["images/val/scene.tif"], "");
        Assert.EndsWith("but 'scene.tif'.", Assert.Throws<UserErrorException>(folder.Open).Message, StringComparison.Ordinal);
        File.Delete(folder["images/val/scene.tif"]);
        Assert.EndsWith(", which is empty.", Assert.Throws<UserErrorException>(folder.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_files_in_a_folder_of_frames_are_no_pictures()
    {
        using var folder = new CaseFolder("apple_double");
        Assert.True(Directory.GetFiles(folder["images/val"]).Length > 3);
        Assert.Equal([folder["images/val/f00.png"]], ImageFolder.Files(folder["images/val"]));
    }

    [Theory]
    [InlineData("images/val/f00.png")]
    [InlineData("masks/val/f00.png")]
    public void An_empty_file_is_called_empty(string name)
    {
        using var folder = new CaseFolder("base");
        File.WriteAllBytes(folder[name], []);
        foreach (
            string message in new[]
            {
                Assert.Throws<UserErrorException>(() => folder.Open().Validation.Load(0)).Message,
                folder.Open().Validation.Examine(0, 3, pictures: false).Faults[0],
            }
        )
            Assert.Equal($"'{folder[name]}' is empty (0 bytes): copy or write it again.", message);
    }
}
