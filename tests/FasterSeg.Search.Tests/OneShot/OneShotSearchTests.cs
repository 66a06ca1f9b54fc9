using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>A whole search by shared weights, and what interrupts it.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class OneShotSearchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("one_shot", 4), InlineData("scores_teacher", 1), InlineData("scores_student", 3)]
    public void An_interrupted_search_ends_like_one_that_was_not(string phase, int step)
    {
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Start(whole, new(), resume: false, Cancellation);
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == phase && done == step)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, stopping, resume: false, cancel.Token));
        Assert.False(File.Exists(halves.Parameters));
        Start(halves, new(), resume: true, Cancellation);
        foreach (string file in new[] { "parameters.json", "search.json", "student.json", "teacher.json", "scalars.csv" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
        // Each was computed once.
        Assert.Equal(File.ReadAllText(whole.In("scores.jsonl")), File.ReadAllText(halves.In("scores.jsonl")));
    }

    [Theory]
    // In the first training behind its snapshot, in the second before it and behind it, and between scores.
    [InlineData(SnapshotAveraging.Scores, "one_shot", 5), InlineData(SnapshotAveraging.Scores, "one_shot_2", 2)]
    [InlineData(SnapshotAveraging.Scores, "one_shot_2", 6), InlineData(SnapshotAveraging.Scores, "scores_student", 3)]
    [InlineData(SnapshotAveraging.Weights, "one_shot_2", 5)]
    public void So_does_one_of_several_supernets_and_snapshots(SnapshotAveraging averaging, string phase, int step)
    {
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Start(whole, new(), resume: false, Cancellation, Several);
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == phase && done == step)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, stopping, resume: false, cancel.Token, Several));
        Start(halves, new(), resume: true, Cancellation, Several);
        string[] files =
        [
            "parameters.json",
            "search.json",
            "student.json",
            "teacher.json",
            "scalars.csv",
            "scores.jsonl",
            "agreement.json",
        ];
        foreach (string file in files)
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
        foreach (int supernet in new[] { 1, 2 })
            Assert.Equal(File.ReadAllBytes(whole.SupernetSnapshot(supernet, 1)), File.ReadAllBytes(halves.SupernetSnapshot(supernet, 1)));

        void Several(OneShotOptions options) => (options.Supernets, options.Snapshots, options.SnapshotAveraging) = (2, 2, averaging);
    }

    /// <summary>Three networks, their three descendants, and the best two with four times the steps.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(30)]
    public void The_best_are_trained_on_and_the_best_of_these_is_the_student_however_it_was_interrupted(int interruption)
    {
        RunFolder whole = RunFolder.Create(folder["whole"]),
            halves = RunFolder.Create(folder["halves"]);
        Start(whole, new(), resume: false, Cancellation, Adapted);
        using var cancel = new CancellationTokenSource();
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == "scores_adapted" && done == interruption)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(halves, stopping, resume: false, cancel.Token, Adapted));
        Start(halves, new(), resume: true, Cancellation, Adapted);
        foreach (string file in new[] { "student.json", "search.json", "scores.jsonl", "adapted.jsonl" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(halves.In(file)));
        double[] losses =
        [
            .. File.ReadLines(whole.AdaptedScores)
                .Where(line => line.Length > 0)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Loss").GetDouble()),
        ];
        Assert.Equal(8, losses.Length);
        string origin = JsonDocument
            .Parse(File.ReadLines(whole.AdaptedScores).Last(line => line.Length > 0))
            .RootElement.GetProperty("Of")
            .GetString()!;
        var known = new KnownScores(whole.AdaptedScores, _ => throw new InvalidOperationException(), origin);
        Assert.Equal(losses[6..].Min(), known.Of(DerivedArchitectureJson.Load(whole.Architecture(Role.Student))).Loss);

        static void Adapted(OneShotOptions options) =>
            (options.AdaptationSteps, options.AdaptedNetworks, options.AdaptedDescendants, options.AdaptationRungs) = (3, 3, 3, 2);
    }

    [Fact]
    public void A_search_that_is_killed_goes_on_from_its_checkpoints_and_ends_like_one_that_was_not()
    {
        RunFolder whole = RunFolder.Create(folder["whole"]);
        Start(whole, new(), resume: false, Cancellation, Several);
        // What a killed one leaves: the checkpoint of an epoch's end, a snapshot from behind it, rows from behind it.
        RunFolder killed = RunFolder.Create(folder["killed"]);
        using var cancel = new CancellationTokenSource();
        byte[] epoch = [];
        var stopping = new ListeningReporter(
            (task, done) =>
            {
                if (task == "one_shot_2" && done == 4)
                    epoch = File.ReadAllBytes(killed.SupernetCheckpoint(2));
                if (task == "one_shot_2" && done == 5)
                    cancel.Cancel();
            }
        );
        Assert.ThrowsAny<OperationCanceledException>(() => Start(killed, stopping, resume: false, cancel.Token, Several));
        File.WriteAllBytes(killed.SupernetCheckpoint(2), epoch);
        Assert.True(File.Exists(killed.SupernetSnapshot(2, 1)));
        Start(killed, new(), resume: true, Cancellation, Several);
        foreach (string file in new[] { "student.json", "search.json", "scalars.csv", "scores.jsonl" })
            Assert.Equal(File.ReadAllText(whole.In(file)), File.ReadAllText(killed.In(file)));

        static void Several(OneShotOptions options) => (options.Supernets, options.Snapshots) = (2, 2);
    }

    [Fact]
    public void Scores_are_means_over_supernets_and_snapshots_each_of_which_is_kept()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        var reporter = new ListeningReporter();
        Start(run, reporter, resume: false, Cancellation, phase => (phase.Supernets, phase.Snapshots, phase.SnapshotShare) = (2, 3, 1));
        JsonElement[] lines = Lines(run);
        Assert.NotEmpty(lines);
        foreach (JsonElement line in lines)
        {
            JsonElement[] parts = [.. line.GetProperty("Parts").EnumerateArray()];
            Assert.Equal(
                [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)],
                parts.Select(part => (part.GetProperty("Supernet").GetInt32(), part.GetProperty("Snapshot").GetInt32()))
            );
            double[] losses = [.. parts.Select(part => part.GetProperty("Loss").GetDouble())];
            Assert.Equal(losses.Average(), line.GetProperty("Loss").GetDouble(), 12);
            // Each set of weights has its own opinion.
            Assert.Equal(6, losses.Distinct().Count());
        }
        ScoreAgreement agreement = ScoreAgreement.Load(run)!;
        Assert.Equal((8, 1 + (2 * 3)), (agreement.Networks, agreement.Pairs.Count));
        Assert.Contains(agreement.Sentence, reporter.Lines);
        Assert.Contains("2 supernets of 6 steps each are trained one after the other.", reporter.Lines);
        Assert.Contains("Each network is then scored by 6 sets of weights, which takes 6 times as long.", reporter.Lines);
    }

    [Fact]
    public void The_first_of_several_supernets_is_the_one_that_is_trained_alone()
    {
        RunFolder one = RunFolder.Create(folder["one"]),
            several = RunFolder.Create(folder["several"]);
        Start(one, new(), resume: false, Cancellation);
        Start(several, new(), resume: false, Cancellation, phase => (phase.Supernets, phase.Snapshots) = (2, 2));
        Assert.Equal(File.ReadAllBytes(one.SearchCheckpoint.Path), File.ReadAllBytes(several.SearchCheckpoint.Path));
        Assert.NotEqual(File.ReadAllBytes(one.SearchCheckpoint.Path), File.ReadAllBytes(several.SupernetCheckpoint(2)));
        Dictionary<string, double> alone = Lines(one)
            .ToDictionary(line => line.GetProperty("Network").GetString()!, line => line.GetProperty("Loss").GetDouble());
        // A single score is a mean of nothing, and is written as ever.
        Assert.All(Lines(one), line => Assert.False(line.TryGetProperty("Parts", out _)));
        JsonElement[] both = [.. Lines(several).Where(line => alone.ContainsKey(line.GetProperty("Network").GetString()!))];
        Assert.NotEmpty(both);
        Assert.All(both, line =>
        {
            JsonElement last = line.GetProperty("Parts")[1];
            Assert.Equal((1, 2), (last.GetProperty("Supernet").GetInt32(), last.GetProperty("Snapshot").GetInt32()));
            Assert.Equal(alone[line.GetProperty("Network").GetString()!], last.GetProperty("Loss").GetDouble());
        });
    }

    [Fact]
    public void Averaged_weights_are_the_means_of_the_snapshots()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        Start(run, new(), resume: false, Cancellation, phase =>
            (phase.Snapshots, phase.SnapshotAveraging) = (2, SnapshotAveraging.Weights)
        );
        // One set of weights, one score.
        Assert.All(Lines(run), line => Assert.False(line.TryGetProperty("Parts", out _)));
        var space = TinyOneShot.Options().Space.ToSpace();
        using var first = new OneShotSupernet(space);
        using var last = new OneShotSupernet(space);
        new CheckpointFile(run.SupernetSnapshot(1, 1), "one-shot snapshot").Read(reader =>
        {
            reader.ReadInt32();
            return first.load(reader);
        });
        new CheckpointFile(run.SearchCheckpoint.Path, "one-shot search").Read(
            reader =>
            {
                reader.ReadInt64();
                return last.load(reader);
            },
            wholeFile: false
        );
        var expected = first
            .state_dict()
            .Zip(last.state_dict())
            .ToDictionary(
                pair => pair.First.Key,
                pair => ((pair.First.Value.to(ScalarType.Float64) + pair.Second.Value.to(ScalarType.Float64)) / 2).to(ScalarType.Float32)
            );
        Assert.Contains(first.state_dict(), pair => !pair.Value.Equals(expected[pair.Key]));
        using (no_grad())
        {
            foreach (var (name, weight) in last.state_dict())
                weight.copy_(expected[name]);
        }
        FasterSegOptions options = TinyOneShot.Options();
        HeldOutImages images = HeldOutImages.Of(TinySearch.Data(options).FittedTo(options).Train, options.OneShot.HeldOut, options.Seed);
        using var evaluation = new HeldOutEvaluation(options, images, CPU);
        var student = DerivedArchitectureJson.Load(run.Architecture(Role.Student));
        NetworkScore score = new NetworkScorer(last, evaluation, CPU).Score(student);
        Assert.Contains(Lines(run), line => line.GetProperty("Loss").GetDouble() == score.Loss);
    }

    [Fact]
    public void More_snapshots_than_steps_are_refused()
    {
        var fault = Assert.Throws<UsageException>(() =>
            Start(RunFolder.Create(folder["run"]), new(), resume: false, Cancellation, phase => phase.Snapshots = 4)
        );
        Assert.Equal(
            "oneShot:snapshots is 4, and the last part of the training (oneShot:snapshotShare, 0.5) has 3 of its 6 steps: use fewer "
                + "snapshots, or a larger share.",
            fault.Message
        );
    }

    [Fact]
    public void The_student_lies_in_the_band_and_the_parameters_derive_to_it()
    {
        FasterSegOptions options = TinyOneShot.Options();
        RunFolder run = RunFolder.Create(folder["run"]);
        IReadOnlyList<RoleChoice> choices = Start(run, new(), resume: false, Cancellation);
        var space = options.Space.ToSpace();
        LatencyTarget band = LatencyTarget.Parse(options.Searching.Target);
        RoleChoice student = choices.Single(choice => choice.Role == Role.Student);
        Assert.True(band.Contains(student.Winner.EstimateMs));
        foreach (RoleChoice choice in choices)
        {
            var parameters = ParametersFile.Read(run.Parameters, choice.Role, space);
            var (with8, with16) = DerivedPairs.Of(parameters, space, choice.Role, options.Searching, TinySpace.Table(space));
            DerivedPair same = choice.Winner.Architecture.Pair == "32+8" ? with8 : with16;
            Assert.Equal(choice.Winner.Architecture, same.Architecture);
            Assert.Equal(choice.Winner.MeanIou, same.MeanIou);
        }
    }

    [Fact]
    public void A_checkpoint_of_the_other_method_is_refused()
    {
        RunFolder run = RunFolder.Create(folder["run"]);
        run.SearchCheckpoint.Write(writer => writer.Write(1));
        Assert.Contains(
            "one-shot",
            Assert.ThrowsAny<UserErrorException>(() => Start(run, new(), resume: true, Cancellation)).Message,
            StringComparison.Ordinal
        );
    }

    private static JsonElement[] Lines(RunFolder run) =>
        [
            .. File.ReadLines(run.In("scores.jsonl"))
                .Where(line => line.Length > 0)
                .Select(line => JsonDocument.Parse(line).RootElement.Clone()),
        ];

    private static IReadOnlyList<RoleChoice> Start(
        RunFolder run,
        ListeningReporter reporter,
        bool resume,
        CancellationToken cancellation,
        Action<OneShotOptions>? change = null
    )
    {
        FasterSegOptions options = TinyOneShot.Options();
        change?.Invoke(options.OneShot);
        return TinyOneShot.Search(run, options, resume, reporter, cancellation);
    }
}
