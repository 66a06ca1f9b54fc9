using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Tells how far a chain is, in images that its stages look at: those that are done, and what the running one has told.</summary>
/// <param name="folder">The sweep.</param>
/// <param name="chain">The chain.</param>
/// <param name="reporter">Is told, under the chain's name.</param>
/// <param name="time">The clock.</param>
internal sealed class ChainProgress(SweepFolder folder, SweepChain chain, IProgressReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private double finished,
        reported;
    private (double Done, long At)? start;

    /// <summary>Images of all stages.</summary>
    public double Total { get; } = folder.Sweep.Stages.Sum(stage => (double)chain.Images(stage));

    /// <summary>Says what waits.</summary>
    public void Wait(ChainState state) => reporter.Report(chain.Name, Done(state), Total, latest: "waits");

    /// <summary>Says that all is done.</summary>
    public void End() => reporter.Report(chain.Name, Total, Total, latest: "done");

    /// <summary>Looks at a stage that runs, until the result is disposed of.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="state">What was done before it.</param>
    /// <param name="began">When its command was started: what was told before is of another one.</param>
    public IDisposable Watch(SweepStage stage, ChainState state, DateTimeOffset began)
    {
        finished = Done(state);
        Say(stage, 0, stage.Word());
        return time.CreateTimer(_ => Look(stage, began), null, Glance, Glance);
    }

    private double Done(ChainState state) =>
        folder.Sweep.Stages.Where(stage => state[stage].Done).Sum(stage => (double)chain.Images(stage));

    private void Look(SweepStage stage, DateTimeOffset began)
    {
        RunProgress? news;
        try
        {
            var run = folder.RunOf(chain);
            if (!RunFolder.Exists(run))
                return;
            RunFolder of = RunFolder.Open(run);
            news = RunProgress.Load(stage == SweepStage.Eval ? of.EvaluationProgress : of.Progress);
        }
        catch (UserErrorException)
        {
            // Whoever reads the run says so.
            return;
        }
        if (news is null || news.Began < began || news.Task.Length == 0)
            return;
        PhaseCost[] phases = [.. chain.Costs.Where(cost => cost.Stage == stage)];
        int at = Array.FindIndex(phases, phase => phase.Task == news.Task);
        double share = news.Total > 0 ? Math.Clamp(news.Done / news.Total, 0, 1) : 0,
            images = at >= 0 ? phases[..at].Sum(phase => (double)phase.Images) + (share * phases[at].Images)
            : phases.Length == 1 ? share * phases[0].Images
            : 0;
        string how = news.Total > 0 ? FormattableString.Invariant($" {news.Done:0.##}/{news.Total:0.##}") : "";
        Say(stage, images, $"{news.Task.Replace('_', ' ')}{how}  {news.Latest}".TrimEnd());
    }

    private void Say(SweepStage stage, double images, string latest)
    {
        lock (gate)
        {
            // A stage whose command goes on, or tells of something else, is not told to have less.
            reported = Math.Max(reported, finished + Math.Min(images, chain.Images(stage)));
            start ??= (reported, time.GetTimestamp());
            double advanced = reported - start.Value.Done;
            TimeSpan? left = advanced > 0 ? time.GetElapsedTime(start.Value.At) * ((Total - reported) / advanced) : null;
            reporter.Report(chain.Name, Math.Round(reported), Total, left, latest);
        }
    }
}
