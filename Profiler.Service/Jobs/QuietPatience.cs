using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>How long a job waits for a device in quiet, in all. Whoever asks for a table says it; a device that is busy for longer is
/// measured all the same.</summary>
/// <param name="bound">The bound.</param>
public sealed class QuietPatience(TimeSpan bound)
{
    /// <summary>The longest that a caller may ask for, seconds.</summary>
    public const double MostSeconds = 24 * 3600;

    // Of what the samples of a table may take: who measures roughly is in a hurry.
    private const double DefaultShare = 0.2;
    private static readonly TimeSpan MostByDefault = TimeSpan.FromMinutes(1),
        FirstPause = TimeSpan.FromSeconds(0.5),
        LongestPause = TimeSpan.FromSeconds(10);

    private TimeSpan pause = FirstPause;

    /// <summary>What has been waited, and measured meanwhile to see whether it is quiet.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>What is left.</summary>
    public TimeSpan Left => bound > Waited ? bound - Waited : TimeSpan.Zero;

    /// <summary>The bound where a caller names none: a fifth of the time that the table's samples may take, at most a minute.</summary>
    public static TimeSpan Default(SearchSpace space, MeasurementSettings settings) =>
        Default(TableBuilder.FewestSessions(space, settings), settings);

    /// <summary>The same, where so many sessions are measured.</summary>
    public static TimeSpan Default(int sessions, MeasurementSettings settings)
    {
        var share = TimeSpan.FromSeconds(DefaultShare * sessions * settings.SessionSeconds);
        return share < MostByDefault ? share : MostByDefault;
    }

    /// <summary>How long to wait before the next look.</summary>
    public TimeSpan NextPause()
    {
        TimeSpan next = pause < Left ? pause : Left;
        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        return next;
    }

    /// <summary>Notes what a wait or a look took.</summary>
    public void Spend(TimeSpan span) => Waited += span;
}
