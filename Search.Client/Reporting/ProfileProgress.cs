using System.Globalization;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Shows a table's building on a progress reporter.</summary>
public static class ProfileProgress
{
    /// <summary>A listener for <see cref="ProfilerConnection.BuildTableAsync"/>.</summary>
    /// <param name="reporter">Shows it.</param>
    /// <param name="reuse">A finished table was asked for, so that it is news where one is measured.</param>
    public static Action<TableProgress> Show(IProgressReporter reporter, bool reuse = false)
    {
        bool isToTell = reuse;
        string? told = null;
        return news =>
        {
            // What is there already comes in one piece.
            if (isToTell && news.Done < news.Total)
            {
                reporter.Say(
                    "No table is reused, since the profiler has no finished one of this space, device and settings that was measured on a "
                        + "quiet device: it is measured."
                );
                isToTell = false;
            }
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
