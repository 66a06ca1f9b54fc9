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
        string[] Lines(RunFolder run) => [.. File.ReadLines(run.In("scores.jsonl")).Where(line => line.Length > 0)];
        // Each was computed once.
        Assert.Equal(Lines(whole), Lines(halves));
    }

    [Fact]
    public void The_student_lies_in_the_band_and_the_parameters_derive_to_it()
    {
        FasterSegOptions options = Options();
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
            Assert.Throws<UserErrorException>(() => Start(run, new(), resume: true, Cancellation)).Message,
            StringComparison.Ordinal
        );
    }

    private static FasterSegOptions Options()
    {
        FasterSegOptions options = TinySearch.Options();
        options.Searching.Method = SearchMethod.Oneshot;
        OneShotOptions phase = options.OneShot;
        (phase.Epochs, phase.StepsPerEpoch, phase.Batch, phase.CropHeight, phase.CropWidth, phase.Paths) = (2, 3, 2, 32, 64, 2);
        (phase.Networks, phase.Population, phase.Parents, phase.CalibrationBatches) = (8, 4, 2, 2);
        return options;
    }

    private static IReadOnlyList<RoleChoice> Start(RunFolder run, ListeningReporter reporter, bool resume, CancellationToken cancellation)
    {
        FasterSegOptions options = Options();
        using var search = new OneShotSearch(
            options,
            TinySearch.Data(options),
            TinySpace.Table(options.Space.ToSpace()),
            LatencyTarget.Parse(options.Searching.Target),
            run,
            CPU,
            new SearchHooks(reporter)
        );
        if (resume)
            search.Resume();
        return search.Run(cancellation);
    }
}
