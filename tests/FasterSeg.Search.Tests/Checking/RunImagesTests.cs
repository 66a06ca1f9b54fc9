using FasterSeg.Latency;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Checking;

/// <summary>Which images a part of a run began with.</summary>
public sealed class RunImagesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunFolder run;

    public RunImagesTests() => run = RunFolder.Create(folder["run"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_same_images_pass_wherever_they_lie_and_whenever_they_were_written()
    {
        RunImages.Keep(run, RunImages.Search, Open("a"));
        SegmentationDataset moved = Open("b");
        foreach (string file in moved.Files)
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        RunImages.RequireSame(run, RunImages.Search, moved, "folder:b");
    }

    [Theory]
    [InlineData("another class")]
    [InlineData("another name")]
    [InlineData("another size")]
    [InlineData("one more")]
    public void Others_are_refused_and_the_message_says_what_both_are(string change)
    {
        RunImages.Keep(run, RunImages.Search, Open("a"));
        SegmentationDataset other = Open("b", change);
        string message = Assert.Throws<UserErrorException>(() => RunImages.RequireSame(run, RunImages.Search, other, "folder:b")).Message;
        string counts = "(2 training images, 1 validation image, 2 classes)",
            now = change == "one more"
                ? "(3 training images, 1 validation image, 2 classes)"
                : counts + ", with other files, sizes or class names";
        Assert.StartsWith($"The search in {run.Path} began with ", message, StringComparison.Ordinal);
        Assert.Contains($"{counts}, and folder:b is ", message, StringComparison.Ordinal);
        Assert.Contains($"{now}: go on with the images that it began with", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_part_has_its_own_and_a_part_of_an_older_build_has_none()
    {
        RunImages.Keep(run, RunImages.Search, Open("a"));
        RunImages.Keep(run, "student", Open("b", "one more"));
        RunImages.RequireSame(run, RunImages.Search, Open("c"), "c");
        RunImages.RequireSame(run, "teacher", Open("d", "one more"), "d");
        Assert.Contains(
            "The training of the student in",
            Assert.Throws<UserErrorException>(() => RunImages.RequireSame(run, "student", Open("e"), "e")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Scenes_that_are_drawn_differ_by_their_number()
    {
        FasterSegOptions options = TinySearch.Options();
        RunImages.Keep(run, RunImages.Search, TinySearch.Data(options));
        RunImages.RequireSame(run, RunImages.Search, TinySearch.Data(options), "synthetic");
        options.Data.SyntheticImages *= 2;
        Assert.Throws<UserErrorException>(() => RunImages.RequireSame(run, RunImages.Search, TinySearch.Data(options), "synthetic"));
    }

    [Fact]
    public void A_file_that_is_damaged_is_told()
    {
        File.WriteAllText(run.Images, "{");
        Assert.Contains(
            "images.json does not say which images",
            Assert.Throws<DamagedRunException>(() => RunImages.RequireSame(run, RunImages.Search, Open("a"), "a")).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Two training images and one for validation.</summary>
    private SegmentationDataset Open(string name, string change = "")
    {
        void Write(string place, int side)
        {
            string picture = folder[Path.Combine(name, "images", place)],
                mask = folder[Path.Combine(name, "masks", place)];
            Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
            Directory.CreateDirectory(Path.GetDirectoryName(mask)!);
            ImageFile.WritePng(picture, new RgbImage(side, side));
            File.WriteAllBytes(mask, TestPng.OfGrey(side, side, new byte[side * side]));
        }
        Write("train/1.png", 8);
        Write(change == "another name" ? "train/3.png" : "train/2.png", change == "another size" ? 200 : 8);
        Write("val/1.png", 8);
        if (change == "one more")
            Write("train/4.png", 8);
        string second = change == "another class" ? "wall" : "road";
        File.WriteAllText(
            folder[Path.Combine(name, "classes.json")],
            $$"""{ "classes": [ { "name": "sky", "color": [0, 0, 1] }, { "name": "{{second}}", "color": [0, 0, 2] } ] }"""
        );
        return DatasetLocator.Open("folder:" + folder[name], new DataOptions());
    }
}
