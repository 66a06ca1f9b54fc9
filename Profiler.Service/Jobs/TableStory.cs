using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a table went through, as facts of its environment.</summary>
internal static class TableStory
{
    /// <summary>The environment with what happened while the table was measured.</summary>
    /// <param name="environment">When it began.</param>
    /// <param name="loaded">Why the whole is one of a loaded device; null where it is not.</param>
    /// <param name="events">How often what befell the job.</param>
    /// <param name="waited">What was waited for quiet.</param>
    public static IReadOnlyDictionary<string, string> Tell(
        IReadOnlyDictionary<string, string> environment,
        string? loaded,
        IReadOnlyDictionary<JobEvent, int> events,
        TimeSpan waited
    )
    {
        var told = new Dictionary<string, string>(environment);
        if (loaded is not null)
            told[LatencyTable.LoadedFact] = loaded;
        Count("interrupted_from_outside", JobEvent.Interrupted, "measurement");
        Count("went_on_after_an_end", JobEvent.WentOn, "time");
        Count("paused_for_the_store", JobEvent.Paused, "time");
        if (waited > TimeSpan.Zero)
            told["waited_for_quiet"] = FormattableString.Invariant($"{waited.TotalSeconds:0.#} s");
        return told;

        void Count(string fact, JobEvent what, string unit)
        {
            if (events.TryGetValue(what, out int times))
                told[fact] = FormattableString.Invariant($"{times} {unit}{(times == 1 ? "" : "s")}");
        }
    }
}
