namespace FasterSeg.Profiler.Service.Joining;

/// <summary>
/// When a fleet is called again whose call broke: within half a second, then after pauses that grow to 5 s. They are drawn, so that the
/// devices of a node that died do not all call the next one at the same moment.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class Redialling(TimeProvider time)
{
    /// <summary>The pause where a fleet refuses the device: somebody has to mend that.</summary>
    public static readonly TimeSpan Refused = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.5),
        First = TimeSpan.FromSeconds(0.25),
        Longest = TimeSpan.FromSeconds(5);

    // A call that stood for so long was no failure.
    private static readonly TimeSpan Sound = TimeSpan.FromSeconds(5);

    private TimeSpan next;
    private long begun;

    /// <summary>A call begins to stand.</summary>
    public void NoteStanding() => begun = time.GetTimestamp();

    /// <summary>The pause before the next call.</summary>
    public TimeSpan Next()
    {
        if (begun != 0 && time.GetElapsedTime(begun) >= Sound)
            next = TimeSpan.Zero;
        begun = 0;
        double drawn = Random.Shared.NextDouble();
        TimeSpan pause = next == TimeSpan.Zero ? Soon * drawn : next * (0.5 + (drawn / 2));
        next =
            next == TimeSpan.Zero ? First
            : next * 2 < Longest ? next * 2
            : Longest;
        return pause;
    }
}
