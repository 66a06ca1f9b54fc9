using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>Searches that go on with other settings than they began with, and what they must not take or replace.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class ChangedSearchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Changes => ["calibration", "adaptation steps", "adaptation rate", "supernets", "training"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void One_that_goes_on_with_other_settings_finds_what_one_with_these_finds(string change)
    {
        RunFolder changed = RunFolder.Create(folder["changed"]),
            fresh = RunFolder.Create(folder["fresh"]);
        Search(changed, Options());
        FasterSegOptions other = Options();
        Change(other, change);
        Search(changed, other, resume: true);
        Search(fresh, other);
        foreach (string file in new[] { "student.json", "search.json", "parameters.json" })
            Assert.Equal(File.ReadAllText(fresh.In(file)), File.ReadAllText(changed.In(file)));
        string[] files = ["scores.jsonl", "adapted.jsonl", "halving-4.jsonl"];
        foreach (string file in files)
        {
            string[] counted = [.. Lines(fresh, file)];
            Assert.NotEmpty(counted);
            // What was scored before stays, too.
            Assert.Subset(Lines(changed, file).ToHashSet(), counted.ToHashSet());
        }
    }

    [Fact]
    public void Weights_that_are_trained_on_score_all_networks_anew()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        Search(run, Options());
        string[] files = ["scores.jsonl", "adapted.jsonl"];
        int[] before = [.. files.Select(file => Lines(run, file).Count())];
        FasterSegOptions other = Options();
        other.OneShot.Epochs = 3;
        Search(run, other, resume: true);
        // Which networks are the best, and the teacher's candidates among the student's, may be others now.
        Assert.All(files.Zip(before), each => Assert.InRange(Lines(run, each.First).Count(), each.Second + 3, 3 * each.Second));
        Assert.Equal(Lines(run, "scores.jsonl").Count(), Lines(run, "scores.jsonl").Distinct().Count());
        // Halving draws its weights, which are the same.
        Assert.InRange(Lines(run, "halving-4.jsonl").Count(), 2, 4);
    }

    [Fact]
    public void What_decides_no_score_leaves_all_of_them()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        Search(run, Options());
        string[] files = ["scores.jsonl", "adapted.jsonl", "halving-4.jsonl", "student.json"],
            before = [.. files.Select(file => File.ReadAllText(run.In(file)))];
        FasterSegOptions other = Options();
        (other.Data.Workers, other.OneShot.CheckpointSteps, other.Training.Epochs, other.Training.DistillationWeight) = (2, 1, 9, 0.5);
        Search(run, other, resume: true);
        Assert.Equal(before, files.Select(file => File.ReadAllText(run.In(file))));
    }

    [Fact]
    public void A_network_that_is_trained_stays_the_runs_own()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        Search(run, Options());
        DerivedArchitecture found = DerivedArchitectureJson.Load(run.Architecture(Role.Student)),
            other = RandomArchitectures.Draw(Options().Space.ToSpace(), Role.Student, 3);
        Assert.NotEqual(found, other);
        // As if another search had found it.
        DerivedArchitectureJson.Save(other, run.Architecture(Role.Student));
        run.TrainingCheckpoint(Role.Student).Write(writer => writer.Write(1));
        string[] before = [.. Directory.GetFiles(run.Path, "*.json").Order().Select(File.ReadAllText)];
        var fault = Assert.Throws<UserErrorException>(() => Search(run, Options(), resume: true));
        Assert.Equal(
            $"The search has found another student now, and that of {run.Architecture(Role.Student)} is trained already "
                + $"({run.TrainingCheckpoint(Role.Student).Path}): it stays the run's. Search with these settings in another folder.",
            fault.Message
        );
        Assert.Equal(before, Directory.GetFiles(run.Path, "*.json").Order().Select(File.ReadAllText));
        DerivedArchitectureJson.Save(found, run.Architecture(Role.Student));
        Search(run, Options(), resume: true);
    }

    [Fact]
    public void Nobody_scores_in_a_run_beside_another_search()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        string second = "";
        var reporter = new ListeningReporter(
            (task, _) =>
            {
                if (task == "scores_student" && second.Length == 0)
                    second = Assert.Throws<UserErrorException>(() => Search(run, Options(), resume: true)).Message;
            }
        );
        Search(run, Options(), reporter: reporter);
        Assert.StartsWith($"Another search or training uses {run.Path} already", second, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_name_much_like_a_trainings_is_left_alone()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        string[] own = ["halving-4-backup", "halving-4-", "halving-40", "halving-4-1x"];
        foreach (string name in own)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(run.In(name)).FullName, "notes.txt"), "mine");
        Directory.CreateDirectory(run.In("halving-4-2"));
        Search(run, Options());
        Assert.All(own, name => Assert.Equal("mine", File.ReadAllText(Path.Combine(run.In(name), "notes.txt"))));
        Assert.False(Directory.Exists(run.In("halving-4-2")));
    }

    [Fact]
    public void Networks_that_diverge_in_their_own_steps_come_last_and_end_no_search()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        FasterSegOptions options = Options();
        (options.OneShot.AdaptationSteps, options.OneShot.AdaptationRate, options.OneShot.GradientClip) = (60, 100, 0);
        options.Halving.Finalists = 0;
        Search(run, options);
        Assert.Contains(Lines(run, "adapted.jsonl"), line => line.Contains("\"Loss\":\"Infinity\"", StringComparison.Ordinal));
        Assert.True(File.Exists(run.Architecture(Role.Student)));
    }

    [Fact]
    public void Held_out_images_without_a_pixel_that_counts_are_told()
    {
        FasterSegOptions options = Options();
        SegmentationDataset data = TinySearch.Data(options).FittedTo(options);
        HeldOutImages images = HeldOutImages.Of(data.Train, options.OneShot.HeldOut, options.Seed);
        var empty = new HeldOutImages(images.Weights, new NothingCounts(images.Scores));
        Assert.Equal(
            "None of the 1 held-out image has a pixel that counts, so that no network can be scored: begin a new run with a larger "
                + "oneShot:heldOut, or with another seed.",
            Assert.Throws<UserErrorException>(() => new HeldOutEvaluation(options, empty, CPU)).Message
        );
    }

    private sealed class NothingCounts(ISampleSource samples) : ISampleSource
    {
        public int Count => samples.Count;

        public Sample Load(int index)
        {
            Sample sample = samples.Load(index);
            byte[] ignored = [.. sample.Label.Classes.Select(_ => LabelMap.Ignore)];
            return sample with { Label = sample.Label with { Classes = ignored } };
        }
    }

    private static void Change(FasterSegOptions options, string what)
    {
        switch (what)
        {
            case "calibration":
                options.OneShot.CalibrationBatches = 3;
                break;
            case "adaptation steps":
                options.OneShot.AdaptationSteps = 5;
                break;
            case "adaptation rate":
                options.OneShot.AdaptationRate = 0.5;
                break;
            case "supernets":
                options.OneShot.Supernets = 2;
                break;
            default:
                options.Training.LearningRate = 0.3;
                break;
        }
    }

    private static IEnumerable<string> Lines(RunFolder run, string file) => File.ReadLines(run.In(file)).Where(line => line.Length > 0);

    private static FasterSegOptions Options()
    {
        FasterSegOptions options = TinyOneShot.Options();
        (options.OneShot.AdaptationSteps, options.OneShot.AdaptedNetworks, options.OneShot.AdaptedDescendants) = (2, 3, 2);
        (options.Halving.Finalists, options.Halving.Steps) = (2, 4);
        return options;
    }

    private static void Search(RunFolder run, FasterSegOptions options, bool resume = false, ListeningReporter? reporter = null) =>
        TinyOneShot.Search(run, options, resume, reporter);
}
