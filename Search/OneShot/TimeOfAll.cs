using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>Passes progress on, and says once, by the first steps of one of several trainings, how long it and those after it will
/// take.</summary>
/// <param name="inner">Gets all of it.</param>
/// <param name="after">How many trainings come after the one at hand, all as long as that one.</param>
/// <param name="time">The clock.</param>
internal sealed class TimeOfAll(IProgressReporter inner, Func<int> after, TimeProvider time) : IProgressReporter
{
    // Steps that tell how long one takes; the very first one, which is slow, is none of them.
    private const int FewestSteps = 10,
        PartsOfTraining = 50;

    private (string Task, double Done, long At)? start;
    private bool told;

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        inner.Report(task, done, total, left, latest);
        if (told || after() is not (> 0 and int others))
            return;
        if (start is not { } first || first.Task != task)
        {
            start = (task, done, time.GetTimestamp());
            return;
        }
        double steps = done - first.Done;
        if (steps < Math.Max(FewestSteps, total / PartsOfTraining))
            return;
        told = true;
        TimeSpan rest = time.GetElapsedTime(first.At) * ((total - done + (total * others)) / steps);
        inner.Say(
            FormattableString.Invariant($"The rest of this supernet's training and the {others} after it take about {Words(rest)}, ")
                + FormattableString.Invariant($"by {Plural.Of((long)steps, "step")}.")
        );
    }

    /// <inheritdoc/>
    public void Say(string line) => inner.Say(line);

    private static string Words(TimeSpan time) =>
        time < TimeSpan.FromMinutes(2) ? FormattableString.Invariant($"{time.TotalSeconds:0} s")
        : time < TimeSpan.FromHours(2) ? FormattableString.Invariant($"{time.TotalMinutes:0} min")
        : FormattableString.Invariant($"{time.TotalHours:0.0} h");
}
