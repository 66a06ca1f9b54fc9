using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting;

public sealed class ProfileProgressTests
{
    [Fact]
    public void A_pause_has_a_line_of_its_own_once()
    {
        var reporter = new Said();
        Action<TableProgress> show = ProfileProgress.Show(reporter);
        show(new(1, 3, null, "conv", 0.1));
        show(new(1, 3, null, "paused: full", null, "full"));
        show(new(1, 3, null, "paused: full", null, "full"));
        Assert.Equal(["The profiler pauses: full"], reporter.Lines);
        show(new(2, 3, null, "conv", 0.1));
        show(new(2, 3, null, "paused: full", null, "full"));
        Assert.Equal(2, reporter.Lines.Count);
    }

    [Fact]
    public void While_it_pauses_no_time_left_is_told_nor_estimated()
    {
        var reporter = new Said();
        Action<TableProgress> show = ProfileProgress.Show(reporter);
        show(new(1, 3, TimeSpan.FromSeconds(70), "paused: full", null, "full"));
        show(new(1, 3, TimeSpan.FromSeconds(70), "conv", 0.1));
        Assert.Equal(
            ["1/3  33 %  paused: full", "1/3  33 %  1:10 left  conv"],
            reporter.Left.Zip(["paused: full", "conv"], (left, latest) => ProgressText.Of(1, 3, left, latest))
        );
    }

    private sealed class Said : IProgressReporter
    {
        public List<string> Lines { get; } = [];

        public List<TimeSpan?> Left { get; } = [];

        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") => Left.Add(left);

        public void Say(string line) => Lines.Add(line);
    }
}
