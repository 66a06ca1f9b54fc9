using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

/// <summary>Cityscapes and BDD100K as they are downloaded, in miniature.</summary>
public sealed class StreetDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cityscapes_label_ids_become_train_ids()
    {
        WriteCityscapes();
        SegmentationDataset data = Open("cityscapes");
        Assert.Equal(("Cityscapes", 2, 1, 19), (data.Name, data.Train.Count, data.Validation.Count, data.Classes.Count));
        Sample sample = data.Train.Load(1);
        Assert.Equal("bochum_000000_000313_leftImg8bit.png", sample.Name);
        // road, bicycle, and what is not scored: unlabeled, the ego vehicle, parking, trailer.
        Assert.Equal([0, 18, 255, 255, 255, 255], sample.Label.Classes);
        Assert.Equal(["road", "bicycle"], new[] { 0, 18 }.Select(c => data.Classes[c].Name));
    }

    [Fact]
    public void Every_train_id_is_written_as_the_label_id_it_is_read_from()
    {
        WriteCityscapes();
        LabelEncoding encoding = Open("cityscapes").Encoding;
        byte[] all = [.. Enumerable.Range(0, 19).Select(c => (byte)c)];
        byte[] ids = encoding.Encode(new LabelMap(1, 19, all));
        Assert.Equal([7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33], ids);
        Assert.Equal(all, ids.Select(id => encoding.Decode(id)!.Value));
        Assert.Null(encoding.Decode(34));
    }

    [Fact]
    public void Cityscapes_test_images_have_no_labels_and_a_place_for_predictions()
    {
        WriteCityscapes();
        SegmentationDataset data = Open("cityscapes");
        Sample sample = data.Split("test").Load(0);
        Assert.All(sample.Label.Classes, label => Assert.Equal(LabelMap.Ignore, label));
        Assert.Equal(Path.Combine("results", "berlin_000000_000019_predictedLabelIds.png"), data.PredictionPath(sample.Name));
        Directory.Delete(folder["leftImg8bit/test"], recursive: true);
        Assert.Contains(
            "use train or val",
            Assert.Throws<UsageException>(() => Open("cityscapes").Split("test")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_label_of_cityscapes_without_its_image_is_told()
    {
        WriteCityscapes();
        Write("gtFine/train/aachen/aachen_000000_000019_gtFine_color.png", TestPng.OfGrey(1, 1, 0));
        Assert.Empty(Open("cityscapes").Unpaired);
        File.Delete(folder["leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png"]);
        Assert.Contains(
            "aachen_000000_000019_gtFine_labelIds.png' has no image of its name",
            Assert.Single(Open("cityscapes").Unpaired),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_value_that_cityscapes_does_not_have_is_named()
    {
        WriteCityscapes();
        Write("gtFine/val/ulm/ulm_000000_000001_gtFine_labelIds.png", TestPng.OfGrey(2, 3, 7, 7, 40, 7, 7, 7));
        string message = Assert.Throws<UserErrorException>(() => Open("cityscapes").Validation.Load(0)).Message;
        Assert.Contains("has class 40 at row 0, column 2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("leftImg8bit/train", "needs '")]
    [InlineData("gtFine/val", "has no label")]
    public void A_missing_part_of_cityscapes_is_named(string missing, string expected)
    {
        WriteCityscapes();
        Directory.Delete(folder[missing], recursive: true);
        Assert.Contains(expected, Assert.ThrowsAny<UserErrorException>(() => Open("cityscapes")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("images/10k", "labels/sem_seg/masks", "")]
    [InlineData("seg/images", "seg/labels", "_train_id")]
    public void Both_layouts_of_bdd_are_read(string images, string labels, string suffix)
    {
        foreach (string split in new[] { "train", "val" })
        {
            Write($"{images}/{split}/0004a4c0.jpg", TestPng.Of(1, 2, TestPng.Rgb, 8, new byte[6], _ => 0));
            Write($"{labels}/{split}/0004a4c0{suffix}.png", TestPng.OfGrey(1, 2, 18, 255));
        }
        SegmentationDataset data = Open("bdd");
        Assert.Equal(("BDD100K", 1, 1, 19), (data.Name, data.Train.Count, data.Validation.Count, data.Classes.Count));
        Assert.Equal([18, 255], data.Validation.Load(0).Label.Classes);
        Assert.Empty(data.Unpaired);
        Write($"{labels}/val/alone{suffix}.png", TestPng.OfGrey(1, 2, 18, 255));
        Assert.Contains($"alone{suffix}.png' has no image", Assert.Single(Open("bdd").Unpaired), StringComparison.Ordinal);
        Directory.Delete(folder[labels], recursive: true);
        Assert.Contains("has no label", Assert.Throws<UserErrorException>(() => Open("bdd")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Upper_case_extensions_and_hidden_files_are_no_fault()
    {
        foreach (string split in new[] { "train", "val" })
        {
            Write($"images/10k/{split}/a.JPG", TestPng.Of(1, 2, TestPng.Rgb, 8, new byte[6], _ => 0));
            Write($"images/10k/{split}/b.jpeg", TestPng.Of(1, 2, TestPng.Rgb, 8, new byte[6], _ => 0));
            Write($"images/10k/{split}/._a.JPG", [0, 5, 22, 7]);
            foreach (string name in new[] { "a.png", "b.PNG" })
                Write($"labels/sem_seg/masks/{split}/{name}", TestPng.OfGrey(1, 2, 18, 255));
        }
        Assert.Equal(["a.JPG", "b.jpeg"], new[] { 0, 1 }.Select(i => Open("bdd").Train.Load(i).Name));
        WriteCityscapes();
        Write("leftImg8bit/train/aachen/._aachen_000000_000019_leftImg8bit.png", [0, 5, 22, 7]);
        Write("leftImg8bit/train/.aachen/aachen_000000_000019_leftImg8bit.png", [0, 5, 22, 7]);
        Assert.Equal(2, Open("cityscapes").Train.Count);
    }

    [Fact]
    public void Bdds_other_pictures_are_named_where_there_is_no_jpeg()
    {
        Write("images/10k/train/a.png", [1]);
        Assert.Contains(
            "There is no JPEG image in",
            Assert.Throws<UserErrorException>(() => Open("bdd")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("but 'a.png'", Assert.Throws<UserErrorException>(() => Open("bdd")).Message, StringComparison.Ordinal);
    }

    /// <summary>Read as label ids they would be void, fence and little else.</summary>
    [Fact]
    public void Train_ids_under_the_name_of_label_ids_are_told()
    {
        WriteCityscapes();
        Assert.Null(Open("cityscapes").ValuesFault!(new HashSet<int> { 0, 7, 8, 11, 33 }));
        Assert.Contains("hold train ids", Open("cityscapes").ValuesFault!(new HashSet<int> { 0, 10, 13, 255 }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_bdd_is_refused() =>
        Assert.Contains("holds neither", Assert.Throws<UserErrorException>(() => Open("bdd")).Message, StringComparison.Ordinal);

    private SegmentationDataset Open(string kind) => DatasetLocator.Open($"{kind}:{folder.Path}", new DataOptions());

    private void WriteCityscapes()
    {
        foreach (
            string name in new[] { "train/aachen/aachen_000000_000019", "train/bochum/bochum_000000_000313", "val/ulm/ulm_000000_000001" }
        )
        {
            Write($"leftImg8bit/{name}_leftImg8bit.png", TestPng.Of(2, 3, TestPng.Rgb, 8, new byte[18], _ => 0));
            Write($"gtFine/{name}_gtFine_labelIds.png", TestPng.OfGrey(2, 3, 7, 33, 0, 1, 9, 30));
        }
        Write("leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png", TestPng.Of(2, 3, TestPng.Rgb, 8, new byte[18], _ => 0));
    }

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], content);
    }
}
