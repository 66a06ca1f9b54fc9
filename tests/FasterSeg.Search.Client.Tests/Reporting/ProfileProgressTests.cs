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

    private sealed class Said : IProgressReporter
    {
        public List<string> Lines { get; } = [];

        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) => Lines.Add(line);
    }
}
