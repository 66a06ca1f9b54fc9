using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg data check</c>, and the same at the beginning of a search.</summary>
public sealed class DataCheckTests
{
    [Fact]
    public async Task A_sound_folder_gives_a_table_of_its_pixels()
    {
        using var folder = new CaseFolder("base");
        var (code, output, error) = await Check(folder);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        // Counted on the files by a script of its own.
        Assert.Matches(@"road +2352 +38\.28 +2736 +44\.53", output);
        Assert.Matches(@"car +336 +5\.47 +336 +5\.47", output);
        Assert.Contains("val: 1 image; masks: 1 of 64x96", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        Assert.Contains("Nothing is wrong.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_is_followed_by_no_all_clear()
    {
        using var folder = new CaseFolder("base");
        string classes = File.ReadAllText(folder["classes.json"]);
        int end = classes.LastIndexOf(']');
        File.WriteAllText(folder["classes.json"], classes[..end] + """, { "name": "bird", "color": [1, 2, 3] }""" + classes[end..]);
        var (code, output, error) = await Check(folder);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("occurs in no mask: 'bird'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is wrong", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mask_binary_0_255", "1 of 2 classes occurs in no mask: 'car'. 255 is the ignore index")]
    [InlineData("mask_binary_0_255", "Only class 'background' has pixels in train")]
    [InlineData("all_ignore_val", "No pixel of val counts: every one is ignored (value 255: 6144 pixels, 100.0 %).")]
    [InlineData("train_all_ignored", "No pixel of train counts: every one is ignored")]
    [InlineData("ignore_0_one_based", "warning: Class 'road' never counts in grey and palette masks: its index 0 is the ignore index.")]
    [InlineData("dup_stem", "share one mask")]
    public async Task Labels_without_effect_are_told(string name, string expected)
    {
        using var folder = new CaseFolder(name);
        var (code, output, _) = await Check(folder);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_with_their_files()
    {
        using var folder = new CaseFolder("base");
        foreach (string name in new[] { "a", "b", "c" })
        {
            File.Copy(folder["images/train/f00.png"], folder[$"images/train/{name}.png"]);
            File.Copy(folder["masks/train/f00.png"], folder[$"masks/train/{name}.png"]);
        }
        File.WriteAllText(folder["images/train/a.png"], "no picture");
        File.WriteAllBytes(folder["masks/train/a.png"], []);
        File.WriteAllBytes(folder["masks/train/b.png"], TestPng.OfGrey(1, 1, 0));
        File.Delete(folder["masks/train/c.png"]);
        File.WriteAllBytes(folder["masks/val/f00.png"], File.ReadAllBytes(folder["masks/val/f00.png"])[..60]);
        var (code, output, error) = await Check(folder);
        Assert.Equal(ExitCodes.Failed, code);
        foreach (
            string expected in new[]
            {
                "images/train/a.png' is not a picture",
                "masks/train/a.png' is empty",
                "masks/train/b.png' 1 x 1: they must be of one size",
                "c.png' has no mask",
                "masks/val/f00.png' is damaged",
            }
        )
            Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains("it has 5 faults", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_file_or_has_no_readable_name_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes, and pipes have names, there.");
        using var folder = new CaseFolder("base");
        File.Copy(folder["masks/train/f00.png"], folder["masks/train/pipe.png"]);
        File.Copy(folder["images/train/f00.png"], folder["images/train/folder.png"]);
        Directory.CreateDirectory(folder["masks/train/folder.png"]);
        const string Names =
            "cd \"$0\" && mkfifo images/train/pipe.png && cp images/train/f00.png \"images/train/$(printf 'b\\374.png')\""
            + " && cp images/train/f00.png 'images/train/c\u00fc.png' && cp masks/train/f00.png \"masks/train/$(printf 'c\\374.png')\"";
        using (var made = System.Diagnostics.Process.Start("sh", ["-c", Names, folder.Path]))
            made.WaitForExit();
        var (code, output, error) = await Check(folder);
        // .NET could not remove them either.
        using (var rm = System.Diagnostics.Process.Start("rm", ["-r", folder["images/train"], folder["masks/train"]]))
            rm.WaitForExit();
        Assert.Equal(ExitCodes.Failed, code);
        foreach (
            string expected in new[]
            {
                "pipe.png' is a device or a pipe and no file",
                "b\ufffd.png' has bytes in its name that are no UTF-8",
                "folder.png' is a folder",
                "but 'c\ufffd.png', whose name has bytes that are no UTF-8",
            }
        )
            Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains("it has 4 faults", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_file_without_a_partner_is_told_whichever_it_is()
    {
        using var folder = new CaseFolder("base");
        File.Copy(folder["masks/train/f00.png"], folder["masks/train/alone.png"]);
        File.Copy(folder["masks/val/f00.png"], folder["masks/val/ALONE.PNG"]);
        File.WriteAllText(folder["masks/val/._alone.png"], "a note of the system");
        var (code, output, error) = await Check(folder);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(2, output.Split("warning: ").Length - 1);
        foreach (string mask in new[] { "masks/train/alone.png", "masks/val/ALONE.PNG" })
            Assert.Contains($"warning: The mask '{folder[mask]}' has no image of its name", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is wrong", output, StringComparison.Ordinal);

        File.Copy(folder["images/train/f00.png"], folder["images/train/lonely.png"]);
        (code, output, _) = await Check(folder);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("lonely.png' has no mask", output, StringComparison.Ordinal);
        Assert.Contains("alone.png' has no image of its name", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Palettes_of_nearly_the_classes_colours_are_counted()
    {
        using var folder = new CaseFolder("mask_palette_other_order");
        foreach (string mask in new[] { "masks/train/f00.png", "masks/val/f00.png" })
            File.WriteAllBytes(folder[mask], TestPng.WithNearColours(File.ReadAllBytes(folder[mask])));
        var (code, output, _) = await Check(folder);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("warning: 2 palette masks were read by index", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_list_of_faults_is_cut()
    {
        using var folder = new CaseFolder("base");
        for (int i = 0; i < 30; i++)
            File.WriteAllText(folder[$"images/val/x{i}.png"], "");
        var (_, output, error) = await Check(folder);
        Assert.Equal(20, output.Split("fault: ").Length - 1);
        Assert.Contains("... and 10 faults more.", output, StringComparison.Ordinal);
        Assert.Contains("it has 30 faults", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drawn_scenes_can_be_counted_too()
    {
        var data = DatasetLocator.Open(
            "synthetic",
            new DataOptions
            {
                SyntheticHeight = 32,
                SyntheticWidth = 64,
                SyntheticImages = 4,
            }
        );
        DatasetCheck check = DatasetCheck.Of(data, pictures: true, new Silent(), TestContext.Current.CancellationToken);
        Assert.Equal((4, 4 * 32 * 64), (check.Train.Samples, check.Train.Pixels));
        Assert.Equal(
            data.Train.LoadLabel(0)
                .Classes.Concat(data.Train.LoadLabel(1).Classes)
                .Concat(data.Train.LoadLabel(2).Classes)
                .Concat(data.Train.LoadLabel(3).Classes)
                .LongCount(label => label == 2),
            check.Train.Classes[2]
        );
        Assert.Null(
            await DataCheckCommand.BeginAsync(
                "synthetic",
                data,
                [],
                null,
                new Spectre.Console.Testing.TestConsole(),
                TestContext.Current.CancellationToken
            )
        );
    }

    /// <summary>Before torch is loaded or anything measured.</summary>
    [Theory]
    [InlineData("train_all_ignored", "No pixel of train counts")]
    [InlineData("mask_bitflip_stored", "it has 2 faults")]
    public async Task A_search_does_not_begin_on_labels_without_effect(string name, string expected)
    {
        using var folder = new CaseFolder(name);
        File.WriteAllText(folder["c.json"], """{ "space": { "height": 64, "width": 96, "classes": 3 } }""");
        var (code, _, error) = await Shell.RunAsync(
            "search",
            "--config",
            folder["c.json"],
            "--data",
            folder.Location,
            "--lut",
            folder["none.json"],
            "--out",
            folder["run"]
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Kept_counts_are_those_of_the_same_files_only()
    {
        using var folder = new CaseFolder("base");
        SegmentationDataset data = folder.Open();
        DatasetCheck check = DatasetCheck.Of(data, pictures: false, new Silent(), TestContext.Current.CancellationToken);
        string kept = folder["data.json"];
        Assert.Null(DatasetCheckFile.Load(data, kept));
        DatasetCheckFile.Save(check, data, kept);
        DatasetCheck again = DatasetCheckFile.Load(data, kept)!;
        Assert.Equal(check.Train.Classes, again.Train.Classes);
        Assert.Equal(check.Validation.Sizes, again.Validation.Sizes);

        File.SetLastWriteTimeUtc(folder["masks/val/f00.png"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Null(DatasetCheckFile.Load(data, kept));
        DatasetCheckFile.Save(check, data, kept);
        File.WriteAllText(
            folder["classes.json"],
            File.ReadAllText(folder["classes.json"]).Replace("\"ignore\": 255", "\"ignore\": 254", StringComparison.Ordinal)
        );
        Assert.Null(DatasetCheckFile.Load(folder.Open(), kept));
        foreach (string broken in new[] { "", "{", "null", """{"format":1}""", "[]" })
        {
            File.WriteAllText(kept, broken);
            Assert.Null(DatasetCheckFile.Load(data, kept));
        }
    }

    private static Task<(int Code, string Output, string Error)> Check(CaseFolder folder) =>
        Shell.RunAsync(width: 1000, ["data", "check", "--data", folder.Location]);

    private sealed class Silent : Search.Runs.IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) { }
    }
}
