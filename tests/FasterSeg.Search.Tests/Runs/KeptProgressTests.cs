using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>How far the work on a run is, kept for whoever looks on.</summary>
public sealed class KeptProgressTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SetTime time = new();
    private readonly RunFolder run;
    private readonly List<string> passedOn = [];

    public KeptProgressTests() => run = RunFolder.Create(folder["run"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_latest_is_kept_with_the_time_left_and_what_was_said()
    {
        KeptProgress kept = Kept();
        kept.Begin();
        Assert.Equal((WorkState.Running, ""), (Load().State, Load().Task));
        time.Advance(KeptProgress.Pause);
        kept.Report("search", 0, 10);
        time.Advance(KeptProgress.Pause);
        kept.Say("epoch 1");
        kept.Report("search", 2, 10, latest: "loss 1");
        time.Advance(KeptProgress.Pause);
        kept.Report("search", 4, 10, latest: "loss 0.5");
        RunProgress now = Load();
        Assert.Equal(("search", 4.0, 10.0, "loss 0.5"), (now.Task, now.Done, now.Total, now.Latest));
        Assert.Equal(6 * 2 * KeptProgress.Pause.TotalSeconds / 4, now.SecondsLeft!.Value, 6);
        Assert.Equal(["epoch 1"], now.Said);
        Assert.Equal(["search 0", "epoch 1", "search 2", "search 4"], passedOn);
    }

    [Fact]
    public void It_is_written_only_every_few_seconds_and_at_the_end()
    {
        KeptProgress kept = Kept();
        kept.Report("search", 1, 10);
        kept.Report("search", 2, 10);
        Assert.Equal(1, Load().Done);
        kept.End(WorkState.Failed, "The disk is full.");
        Assert.Equal((2.0, WorkState.Failed, "The disk is full."), (Load().Done, Load().State, Load().Failure!));
    }

    [Fact]
    public void A_folder_that_takes_nothing_stops_nobody()
    {
        Directory.Delete(run.Path);
        File.WriteAllText(run.Path, "in the way");
        KeptProgress kept = Kept();
        kept.Report("search", 1, 10);
        kept.End(WorkState.Done);
        Assert.Equal(["search 1"], passedOn);
    }

    private KeptProgress Kept() => new(new Listener(passedOn), run.Progress, time);

    private RunProgress Load() => RunProgress.Load(run.Progress)!;

    private sealed class Listener(List<string> heard) : IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") =>
            heard.Add(FormattableString.Invariant($"{task} {done}"));

        public void Say(string line) => heard.Add(line);
    }
}
