using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>Finalists whose trainings begin with the search's shared weights.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SharedStartTests : IDisposable
{
    private const string Several = "cpu,cpu",
        First = "halving-4.jsonl",
        Last = "halving-8.jsonl";

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Another_start_gives_other_scores_and_one_after_the_other_or_two_at_a_time_give_the_same()
    {
        RunFolder one = RunFolder.Create(folder["one"]),
            several = RunFolder.Create(folder["several"]),
            scratch = RunFolder.Create(folder["scratch"]);
        Start(one, new(), Cancellation);
        Start(several, new(), Cancellation, options => options.Devices = Several);
        Start(scratch, new(), Cancellation, options => options.Start = TrainingStart.Scratch);
        foreach (string file in new[] { First, Last, "student.json", "search.json" })
            Assert.Equal(File.ReadAllText(one.In(file)), File.ReadAllText(several.In(file)));
        Assert.Equal(File.ReadAllText(one.Scores), File.ReadAllText(scratch.Scores));
        Assert.NotEqual(File.ReadAllText(one.In(First)), File.ReadAllText(scratch.In(First)));
    }

    [Fact]
    public void A_training_begins_with_the_networks_slices_of_the_first_supernet()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        using var cancel = new CancellationTokenSource();
        // Interrupted behind the first of three, so that the folders of the others are there.
        var stopping = new ListeningReporter(
            (task, _) =>
            {
                if (task == "halving")
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(run, stopping, cancel.Token, options => options.Devices = Several));
        using var weights = ScoringWeights.Load(run, Options());
        string[] begun = [.. Directory.EnumerateDirectories(run.Path, "halving-4-*")];
        Assert.NotEmpty(begun);
        foreach (RunFolder finalist in begun.Select(RunFolder.Open))
        {
            DerivedArchitecture network = DerivedArchitectureJson.Load(finalist.Architecture(Role.Student));
            using DerivedNetwork expected = weights.Extract(network);
            using var begins = new DerivedNetwork(network, auxiliary: true);
            Dictionary<string, Tensor> drawn = begins.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
            SharedStart.GiveKept(finalist, network, begins);
            Dictionary<string, Tensor> wanted = expected.state_dict();
            foreach ((string name, Tensor tensor) in begins.state_dict())
                Assert.True(tensor.Equals(wanted.TryGetValue(name, out Tensor? slice) ? slice : drawn[name]), name);
        }
    }

    [Theory]
    [InlineData(DeviceList.Own), InlineData(Several)]
    public void An_interrupted_one_ends_like_one_that_was_not(string devices)
    {
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Start(whole, new(), Cancellation);
        Interrupt(halves, options => options.Devices = devices);
        Start(halves, new(), Cancellation, options => options.Devices = devices, resume: true);
        foreach (string file in new[] { First, Last, "student.json", "search.json" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
        Assert.Empty(Directory.EnumerateDirectories(halves.Path, "halving*"));
    }

    [Fact]
    public void What_was_trained_from_scratch_is_trained_again()
    {
        RunFolder whole = RunFolder.Create(folder["whole"]),
            changed = RunFolder.Create(folder["changed"]);
        Start(whole, new(), Cancellation);
        // It leaves two scores, and with two at a time an unfinished training.
        Interrupt(changed, options => (options.Start, options.Devices) = (TrainingStart.Scratch, Several));
        Start(changed, new(), Cancellation, options => options.Devices = Several, resume: true);
        Assert.Equal(Lines(whole), Lines(changed).Skip(2));
        Assert.Equal(File.ReadAllText(whole.SearchResult), File.ReadAllText(changed.SearchResult));

        static IEnumerable<string> Lines(RunFolder run) => File.ReadLines(run.In(First)).Where(line => line.Length > 0);
    }

    [Fact]
    public void Random_networks_have_no_shared_weights_to_begin_with()
    {
        FasterSegOptions options = Options();
        options.Searching.Method = SearchMethod.Random;
        Assert.Equal(
            ["halving:start is shared, and a search of searching:method=random has no shared weights; use scratch."],
            ConfigurationRules.Check(options)
        );
        // As the baseline of a sweep.
        options.Halving.Finalists = 0;
        Assert.Empty(ConfigurationRules.Check(options));
    }

    /// <summary>Interrupts a search when two finalists are trained.</summary>
    private static void Interrupt(RunFolder run, Action<HalvingOptions> set)
    {
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == "halving" && done == 2)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(run, stopping, cancel.Token, set));
    }

    private static FasterSegOptions Options()
    {
        FasterSegOptions options = TinyOneShot.Options();
        (options.OneShot.LabelDownSampling, options.OneShot.CalibrationBatches) = (4, 6);
        (options.Halving.Finalists, options.Halving.Steps, options.Halving.Start) = (3, 4, TrainingStart.Shared);
        options.Training.CheckpointSteps = 2;
        return options;
    }

    private static void Start(
        RunFolder run,
        ListeningReporter reporter,
        CancellationToken cancellation,
        Action<HalvingOptions>? set = null,
        bool resume = false
    )
    {
        FasterSegOptions options = Options();
        set?.Invoke(options.Halving);
        TinyOneShot.Search(run, options, resume, reporter, cancellation);
    }
}
