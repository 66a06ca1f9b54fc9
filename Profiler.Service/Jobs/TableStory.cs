using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a table went through, as facts of its environment.</summary>
internal static class TableStory
{
    /// <summary>The environment with what happened while the table was measured.</summary>
    /// <param name="environment">When it began.</param>
    /// <param name="loaded">Why the whole is one of a loaded device; null where it is not.</param>
    /// <param name="interruptions">Measurements that something from outside ended, and that were made again.</param>
    /// <param name="waited">What was waited for quiet.</param>
    public static IReadOnlyDictionary<string, string> Tell(
        IReadOnlyDictionary<string, string> environment,
        string? loaded,
        int interruptions,
        TimeSpan waited
    )
    {
        var told = new Dictionary<string, string>(environment);
        if (loaded is not null)
            told[LatencyTable.LoadedFact] = loaded;
        if (interruptions > 0)
            told["interrupted_from_outside"] = FormattableString.Invariant($"{interruptions} measurements");
        if (waited > TimeSpan.Zero)
            told["waited_for_quiet"] = FormattableString.Invariant($"{waited.TotalSeconds:0.#} s");
        return told;
    }
}
