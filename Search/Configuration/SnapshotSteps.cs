using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>After which steps of a supernet's training its weights are kept for scoring.</summary>
internal static class SnapshotSteps
{
    /// <summary>Steps that are done when a snapshot is taken, ascending. The last snapshot, at the training's end, is none of them: it is
    /// the checkpoint.</summary>
    /// <param name="phase">The configuration.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <exception cref="UsageException">The last part of the training has fewer steps than there are to be snapshots.</exception>
    public static IReadOnlyList<int> Of(OneShotOptions phase, int steps)
    {
        if (Fault(phase, steps) is { } fault)
            throw new UsageException(fault);
        double apart = phase.SnapshotShare * steps / phase.Snapshots;
        return [.. Enumerable.Range(1, phase.Snapshots - 1).Select(i => steps - (int)Math.Floor(apart * (phase.Snapshots - i)))];
    }

    /// <summary>Why there cannot be as many snapshots as the configuration asks for; null where there can.</summary>
    /// <inheritdoc cref="Of"/>
    public static string? Fault(OneShotOptions phase, long steps)
    {
        long last = (long)Math.Floor(phase.SnapshotShare * steps);
        return phase.Snapshots <= 1 || last >= phase.Snapshots
            ? null
            : FormattableString.Invariant(
                $"oneShot:snapshots is {phase.Snapshots}, and the last part of the training (oneShot:snapshotShare, {phase.SnapshotShare}) "
            ) + FormattableString.Invariant($"has {last} of its {Plural.Of(steps, "step")}: use fewer snapshots, or a larger share.");
    }
}
