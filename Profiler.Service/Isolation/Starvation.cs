namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>How long a process has waited for a processor since this began to watch it: the longest wait of its threads.</summary>
internal sealed class Starvation(int id)
{
    private readonly IReadOnlyDictionary<string, TimeSpan> before = ProcessState.Waits(id);
    private TimeSpan taken;

    /// <summary>What has come since the last call.</summary>
    public TimeSpan Take()
    {
        TimeSpan longest = ProcessState
            .Waits(id)
            .Select(thread => thread.Value - before.GetValueOrDefault(thread.Key))
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();
        TimeSpan news = longest > taken ? longest - taken : TimeSpan.Zero;
        taken += news;
        return news;
    }
}
