using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;

namespace FasterSeg.Search.Client.Pages;

/// <summary>A run in a line, from its small files only: a list of many runs must cost little.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Progress">What works on it said last; null where nothing has.</param>
/// <param name="Student">Its student's latency in words; null where there is none.</param>
/// <param name="MeanIou">The student's mIoU on its validation images in words; null where it was not evaluated.</param>
/// <param name="Fault">Why a part of it cannot be read, a sentence; null where all can.</param>
internal sealed record RunOverview(string Name, RunProgress? Progress, string? Student, string? MeanIou, string? Fault)
{
    /// <summary>How far it has come by its files, in a word, where no command tells.</summary>
    public string Reached { get; private init; } = "";

    /// <summary>Reads a run's.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UserErrorException">There is no run any more.</exception>
    public static RunOverview Of(string path, DateTimeOffset now)
    {
        var run = RunFolder.Open(path);
        string name = Reporting.Html.RunPage.NameOf(run);
        try
        {
            MeasuredNetwork? measured = MeasuredNetwork.Load(run).FirstOrDefault(one => one.Role == Role.Student);
            SearchedPair? chosen = File.Exists(run.SearchResult)
                ? SearchResultFile.Read(run.SearchResult).FirstOrDefault(pair => pair.Role == Role.Student && pair.Chosen)
                : null;
            string? student =
                measured is not null ? $"{Figures.Milliseconds(measured.MedianMs)} ms measured"
                : chosen is not null ? $"{Figures.Milliseconds(chosen.EstimateMs)} ms estimated"
                : null;
            string? accuracy = StoredEvaluation.Load(run, Role.Student, "val")?.MeanIou is { } share ? Figures.Percent(share) + " %" : null;
            RunProgress? progress = ProgressWords
                .Shown(RunProgress.Load(run.Progress), RunProgress.Load(run.EvaluationProgress), now)
                .FirstOrDefault();
            return new(name, progress, student, accuracy, Fault: null) { Reached = ReachedBy(run, accuracy) };
        }
        catch (Exception fault)
        {
            // Whatever a damaged file makes of itself: the other runs of the list have nothing to do with it.
            return new(name, Progress: null, Student: null, MeanIou: null, fault.Message);
        }
    }

    /// <summary>What a front's folder is.</summary>
    internal static string FrontOf(int networks) => $"a front of {Plural.Of(networks, "network")}";

    private static string ReachedBy(RunFolder run, string? accuracy) =>
        accuracy is not null ? "evaluated"
        : run.TrainingCheckpoint(Role.Student).Exists ? "in training, or trained"
        : run.FrontNetworks is > 0 and int networks ? FrontOf(networks)
        // What derives from parameters or from shared weights has a search's result, too, and took none of its steps.
        : File.Exists(run.SearchResult) ? (run.SearchCheckpoint.Exists || File.Exists(run.Scalars) ? "searched" : "derived")
        : File.Exists(run.RandomDraw) ? "drawn at random"
        : File.Exists(run.Architecture(Role.Student)) ? "derived"
        : "begun";
}
