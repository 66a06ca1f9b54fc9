using System.Globalization;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Shows a table's building on a progress reporter.</summary>
public static class ProfileProgress
{
    /// <summary>A listener for <see cref="ProfilerConnection.BuildTableAsync"/>.</summary>
    public static Action<TableProgress> Show(IProgressReporter reporter)
    {
        string? told = null;
        return news =>
        {
            // A line of its own, once: it may be the last news for hours.
            if (news.Paused is { } reason && reason != told)
                reporter.Say($"The profiler pauses: {reason}");
            told = news.Paused;
            reporter.Report(
                "profile",
                news.Done,
                news.Total,
                news.Paused is null ? news.Left : IProgressReporter.NotKnown,
                news.MedianMs is { } median ? string.Create(CultureInfo.InvariantCulture, $"{news.Key} {median:0.000} ms") : news.Key
            );
        };
    }
}
