using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a table went through, as facts of its environment.</summary>
internal static class TableStory
{
    private const string Interrupted = "interrupted_from_outside",
        WentOn = "went_on_after_an_end",
        Paused = "paused_for_the_store",
        Waited = "waited_for_quiet";

    /// <summary>An environment with what an older version of the table went through: most of the numbers are still of that one.</summary>
    public static IReadOnlyDictionary<string, string> Carry(
        IReadOnlyDictionary<string, string> told,
        IReadOnlyDictionary<string, string> before
    )
    {
        var both = new Dictionary<string, string>(told);
        foreach (string fact in new[] { Interrupted, WentOn, Paused, Waited }.Concat(NetworksFacts.Names))
        {
            if (before.TryGetValue(fact, out string? text))
                both.TryAdd(fact, text);
        }
        return both;
    }

    /// <summary>The environment with what happened while the table was measured.</summary>
    /// <param name="environment">When it began.</param>
    /// <param name="loaded">Why the whole is one of a loaded device; null where it is not.</param>
    /// <param name="events">How often what befell the job.</param>
    /// <param name="waited">What was waited for quiet.</param>
    /// <param name="networks">What whole networks have shown; null where none were measured.</param>
    public static IReadOnlyDictionary<string, string> Tell(
        IReadOnlyDictionary<string, string> environment,
        string? loaded,
        IReadOnlyDictionary<JobEvent, int> events,
        TimeSpan waited,
        CorrectedTable? networks = null
    )
    {
        var told = new Dictionary<string, string>(environment);
        if (loaded is not null)
            told[LatencyTable.LoadedFact] = loaded;
        Count(Interrupted, JobEvent.Interrupted, "measurement");
        Count(WentOn, JobEvent.WentOn, "time");
        Count(Paused, JobEvent.Paused, "time");
        if (waited > TimeSpan.Zero)
            told[Waited] = FormattableString.Invariant($"{waited.TotalSeconds:0.#} s");
        if (networks is not null)
            told[LatencyTable.NetworksFact] = networks.Fact;
        if (networks?.Range is { } range)
            told[LatencyTable.NetworksRangeFact] = range;
        if (networks?.Deviation is { } deviation)
            told[LatencyTable.NetworksDeviationFact] = deviation;
        return told;

        void Count(string fact, JobEvent what, string unit)
        {
            if (events.TryGetValue(what, out int times))
                told[fact] = FormattableString.Invariant($"{times} {unit}{(times == 1 ? "" : "s")}");
        }
    }
}
