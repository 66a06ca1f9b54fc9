using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>A whole search, and one that is stopped and goes on.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SearchResumeTests(UninterruptedSearch uninterrupted) : IClassFixture<UninterruptedSearch>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("pretrain", 2), InlineData("pretrain", 6), InlineData("search", 5)]
    public void An_interrupted_search_ends_like_one_that_was_not(string phase, int step)
    {
        RunFolder whole = uninterrupted.Run,
            halves = RunFolder.Create(folder["halves"]);

        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == phase && done == step)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, stopping, resume: false, cancel: cancel));
        Assert.False(File.Exists(halves.Parameters));
        Start(halves, new ListeningReporter(), resume: true);

        foreach (string file in new[] { "parameters.json", "search.json", "student.json", "teacher.json", "scalars.csv" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
        foreach (string one in new[] { "pretrain", "search" })
            Assert.Equal(Events(whole, one), Events(halves, one));
    }

    [Theory, InlineData(true, WeightRule.Halving), InlineData(false, WeightRule.Lagrangian)]
    public void So_does_one_with_the_second_order_gradient_or_the_augmented_Lagrangian_whose_parameters_are_other_ones(
        bool secondOrder,
        WeightRule controller
    )
    {
        FasterSegOptions options = TinySearch.Options();
        (options.Searching.SecondOrder, options.Searching.Controller) = (secondOrder, controller);
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Start(whole, new ListeningReporter(), resume: false, options);
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Start(
                halves,
                new ListeningReporter(
                    (task, done) =>
                    {
                        if ((task, done) == ("search", 4))
                            cancel.Cancel();
                    }
                ),
                resume: false,
                options,
                cancel
            )
        );
        Start(halves, new ListeningReporter(), resume: true, options);

        Assert.Equal(File.ReadAllText(whole.Parameters), File.ReadAllText(halves.Parameters));
        Assert.Equal(File.ReadAllText(whole.Scalars), File.ReadAllText(halves.Scalars));
        Assert.NotEqual(File.ReadAllText(uninterrupted.Run.Parameters), File.ReadAllText(whole.Parameters));
    }

    /// <summary>An interruption may come at any moment: here while a picture is decoded, in the middle of some step.</summary>
    [Theory]
    [InlineData(11), InlineData(23)]
    public void An_interruption_within_a_step_saves_too(int load)
    {
        RunFolder whole = uninterrupted.Run,
            halves = RunFolder.Create(folder["halves"]);
        using var cancel = new CancellationTokenSource();
        FasterSegOptions options = TinySearch.Options();
        // No checkpoint by itself but at the end of an epoch.
        options.Pretrain.CheckpointSteps = options.Searching.CheckpointSteps = 1000;
        SegmentationDataset data = TinySearch.Data(options);
        data = data with { Train = new CancellingSamples(data.Train, load, cancel) };
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, new ListeningReporter(), resume: false, options, cancel, data));
        Assert.True(halves.SearchCheckpoint.Exists);
        Start(halves, new ListeningReporter(), resume: true, options);
        Assert.Equal(File.ReadAllText(whole.Parameters), File.ReadAllText(halves.Parameters));
    }

    [Fact]
    public void A_search_writes_both_networks_and_why_they_won()
    {
        RunFolder run = uninterrupted.Run;
        DerivedArchitecture teacher = DerivedArchitectureJson.Load(run.Architecture(Role.Teacher)),
            student = DerivedArchitectureJson.Load(run.Architecture(Role.Student));
        Assert.Equal((Role.Teacher, Role.Student), (teacher.Role, student.Role));
        Assert.Equal(4, System.Text.Json.JsonDocument.Parse(File.ReadAllText(run.In("search.json"))).RootElement.GetArrayLength());

        string[] rows = File.ReadAllLines(run.Scalars);
        foreach (
            string name in new[]
            {
                "student_entropy_alpha",
                "student_entropy_beta",
                "student_entropy_gamma",
                "latency_weight",
                "student_estimate_32_8_ms",
            }
        )
            Assert.Equal(2, rows.Count(row => row.Contains("," + name + ",", StringComparison.Ordinal)));
        Assert.Equal(
            6,
            rows.Count(row => row.StartsWith("pretrain,", StringComparison.Ordinal) && row.Contains(",loss,", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_search_shows_TensorBoard_its_scalars_and_after_each_epoch_what_it_would_derive()
    {
        RunFolder run = uninterrupted.Run;
        Assert.Equal(
            File.ReadLines(run.Scalars).Count() - 1,
            new[] { "pretrain", "search" }.Sum(phase => EventFileReader.ReadFolder(run.Events(phase)).Count(e => e.Scalar is not null))
        );
        foreach (string pair in new[] { "student_32_8", "student_32_16", "teacher_32_8", "teacher_32_16" })
        {
            foreach (string picture in new[] { "path/", "operators/" })
                Assert.Equal(
                    [2, 5],
                    EventFileReader
                        .ReadFolder(run.Events("search"))
                        .Where(e => e.Tag == picture + pair && e.Png!.Length > 5000)
                        .Select(e => e.Step)
                );
        }
        foreach (Role role in new[] { Role.Teacher, Role.Student })
            Assert.True(File.Exists(run.PathPicture(role)) && File.Exists(run.OperatorPicture(role)));
    }

    [Fact]
    public void A_newer_table_is_taken_over_between_two_steps_and_both_are_kept()
    {
        FasterSegOptions options = TinySearch.Options();
        LatencyTable before = TinySpace.Table(options.Space.ToSpace());
        LatencyTable after = new(
            before.Identity,
            before.Space,
            before.Entries.Select(entry => entry with { MedianMs = 2 * entry.MedianMs }),
            before.Created.AddHours(1)
        );
        RunFolder run = RunFolder.Create(folder["live"]);
        int asked = 0;
        var reporter = new ListeningReporter();
        using (
            var search = new SupernetSearch(
                options,
                TinySearch.Data(options),
                before,
                LatencyTarget.Parse(options.Searching.Target),
                run,
                CPU,
                new SearchHooks(reporter) { NewerTable = () => ++asked == 5 ? after : null }
            )
        )
            search.Run(TestContext.Current.CancellationToken);

        Assert.Equal(6, asked); // once before each step
        Assert.Contains(reporter.Lines, line =>
            line.StartsWith("epoch 2, step 2: goes on with a newer table", StringComparison.Ordinal)
            && line.Contains("2.0000", StringComparison.Ordinal)
        );
        Assert.Equal(LatencyTableJson.HashOf(after), LatencyTableJson.HashOf(LatencyTableJson.Load(run.Table)));
        Assert.True(File.Exists(run.In($"table-{LatencyTableJson.HashOf(before)[..12]}.json")));
        double[] latency =
        [
            .. File.ReadLines(run.Scalars)
                .Where(row => row.Contains(",latency_ms,", StringComparison.Ordinal))
                .Select(row => double.Parse(row.Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.InRange(latency[4] / latency[3], 1.8, 2.2);
        Assert.Single(File.ReadLines(run.Scalars), row => row.Contains(",table_ratio,2", StringComparison.Ordinal));
    }

    /// <summary>Measuring the derived networks changes nothing in the search; a profiler that is away is waited for.</summary>
    [Fact]
    public void Derived_networks_are_measured_every_few_epochs_and_the_search_stays_the_same()
    {
        FasterSegOptions options = TinySearch.Options();
        RunFolder run = RunFolder.Create(folder["measured"]);
        var reporter = new ListeningReporter();
        int asked = 0;
        var measurement = new DerivedMeasurement(Every: 2, network =>
            ++asked == 2
                ? throw new ProfilerUnreachableException("It is away.")
                : new ModelMeasurement(asked, null!, false, null!, 0, TinySpace.Table(options.Space.ToSpace()).Identity)
        );
        using (
            var search = new SupernetSearch(
                options,
                TinySearch.Data(options),
                TinySpace.Table(options.Space.ToSpace()),
                LatencyTarget.Parse(options.Searching.Target),
                run,
                CPU,
                new SearchHooks(reporter) { Measurement = measurement, Pause = TimeSpan.FromMilliseconds(1) }
            )
        )
            search.Run(TestContext.Current.CancellationToken);

        Assert.Equal(File.ReadAllText(uninterrupted.Run.Parameters), File.ReadAllText(run.Parameters));
        Assert.Equal(
            [
                "search,1,2,student_measured_32_8_ms,1",
                "search,1,2,student_measured_32_16_ms,3",
                "search,1,2,teacher_measured_32_8_ms,4",
                "search,1,2,teacher_measured_32_16_ms,5",
            ],
            File.ReadLines(run.Scalars).Where(row => row.Contains("measured", StringComparison.Ordinal))
        );
        Assert.Contains(reporter.Lines, line => line.StartsWith("The search is paused: It is away.", StringComparison.Ordinal));
        Assert.Contains("The search goes on.", reporter.Lines);
        Assert.Contains(reporter.Lines, line =>
            line.StartsWith("epoch 2: student 32+16 measured 3.000 ms, estimate ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_checkpoint_of_another_space_is_refused_with_a_sentence()
    {
        RunFolder run = CopyOfFinished();
        FasterSegOptions other = TinySearch.Options();
        other.Space.Fch = 8;
        string message = Assert
            .Throws<DamagedRunException>(() => Start(run, new ListeningReporter(), resume: true, options: other))
            .Message;
        Assert.Contains("search.checkpoint", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused_with_a_sentence()
    {
        RunFolder run = CopyOfFinished();
        byte[] bytes = File.ReadAllBytes(run.SearchCheckpoint.Path);
        File.WriteAllBytes(run.SearchCheckpoint.Path, bytes[..(bytes.Length * 2 / 3)]);
        string message = Assert.Throws<DamagedRunException>(() => Start(run, new ListeningReporter(), resume: true)).Message;
        Assert.Contains("is damaged", message, StringComparison.Ordinal);
    }

    /// <summary>Pictures by their bytes too.</summary>
    private static IEnumerable<(long, string?, float?, string?)> Events(RunFolder run, string phase) =>
        EventFileReader
            .ReadFolder(run.Events(phase))
            .Where(e => e.Tag is not null)
            .Select(e =>
                (e.Step, e.Tag, e.Scalar, e.Png is null ? null : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(e.Png)))
            );

    /// <summary>A run to be spoilt.</summary>
    private RunFolder CopyOfFinished()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        File.Copy(uninterrupted.Run.SearchCheckpoint.Path, run.SearchCheckpoint.Path);
        return run;
    }

    internal static RunFolder Run(string path)
    {
        RunFolder run = RunFolder.Create(path);
        Start(run, new ListeningReporter(), resume: false);
        return run;
    }

    private static void Start(
        RunFolder run,
        ListeningReporter reporter,
        bool resume,
        FasterSegOptions? options = null,
        CancellationTokenSource? cancel = null,
        SegmentationDataset? data = null
    )
    {
        options ??= TinySearch.Options();
        SearchSpace space = options.Space.ToSpace();
        using var search = new SupernetSearch(
            options,
            data ?? TinySearch.Data(options),
            TinySpace.Table(space),
            LatencyTarget.Parse(options.Searching.Target),
            run,
            CPU,
            new SearchHooks(reporter) { Pictures = new NoisePictures() }
        );
        if (resume)
            search.Resume();
        search.Run(cancel?.Token ?? TestContext.Current.CancellationToken);
    }

    private sealed class CancellingSamples(ISampleSource samples, int last, CancellationTokenSource cancel) : ISampleSource
    {
        private int loads;

        public int Count => samples.Count;

        public Sample Load(int index)
        {
            if (Interlocked.Increment(ref loads) == last)
                cancel.Cancel();
            return samples.Load(index);
        }
    }
}

/// <summary>One search from beginning to end, which all tests of the class look at.</summary>
public sealed class UninterruptedSearch : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public UninterruptedSearch() => Run = SearchResumeTests.Run(folder["run"]);

    internal RunFolder Run { get; }

    public void Dispose() => folder.Dispose();
}
