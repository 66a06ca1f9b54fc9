using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// Listens for newer versions of a table while something else goes on with the one that it has. A profiler that goes away is waited for:
/// whoever has a table does not need it. A correction is of the device and not of one table, so newer versions without one get it too.
/// </summary>
public sealed class TableWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ProfilerConnection profiler;
    private readonly Action<string> say;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly Task listening;
    private readonly LatencyTable present;
    private readonly bool isLoaded;
    private readonly bool takesCorrections;
    private readonly HashSet<string> known;
    private LatencyTable? newer;

    /// <summary>Begins to listen.</summary>
    /// <param name="profiler">Who has the tables.</param>
    /// <param name="present">The table in use.</param>
    /// <param name="space">Its space.</param>
    /// <param name="options">How it was measured.</param>
    /// <param name="say">Told where a version cannot be used.</param>
    /// <param name="time">Paces repeated calls; null is the system's clock.</param>
    public TableWatcher(
        ProfilerConnection profiler,
        LatencyTable present,
        SearchSpace space,
        MeasuringOptions options,
        Action<string> say,
        TimeProvider? time = null
    )
    {
        (this.profiler, this.present, this.say, this.time) = (profiler, present, say, time ?? TimeProvider.System);
        takesCorrections = options.Networks != false;
        // Of two tables of a loaded device the newer one is no worse.
        isLoaded = present.Loaded is not null;
        // The correction may be the profiler's own, or the user's.
        known = [LatencyTableJson.HashOf(present), LatencyTableJson.HashOf(present.With(null))];
        listening = Task.Run(() => ListenAsync(space, options));
    }

    /// <summary>The newest version that has come since the last call; null where none has.</summary>
    public LatencyTable? Take() => Interlocked.Exchange(ref newer, null);

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task ListenAsync(SearchSpace space, MeasuringOptions options)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach ((string id, string hash) in profiler.WatchTableAsync(space, options, stop.Token).ConfigureAwait(false))
                {
                    if (known.Contains(hash))
                        continue;
                    LatencyTable table = await profiler.GetTableAsync(id, stop.Token).ConfigureAwait(false);
                    known.Clear();
                    known.Add(hash);
                    if (IsUsable(table, space))
                        Interlocked.Exchange(ref newer, ShowsItsOwn(table) ? table : NetworksFacts.With(table, present));
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or UserErrorException)
            {
                // It ended, or it is away: asked again after a while.
            }
            await Task.Delay(Pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether correction and facts are to be the newer table's own; else both are those of the table in use, since a correction
    /// beside the facts of other networks would be told to be worth what it is not.</summary>
    private bool ShowsItsOwn(LatencyTable table) =>
        takesCorrections
        && (table.Correction is not null || (present.Correction is null && table.Environment.ContainsKey(LatencyTable.NetworksFact)));

    private bool IsUsable(LatencyTable table, SearchSpace space)
    {
        try
        {
            TableCoverage.Require(table, space, $"The newer table from {profiler.Name}");
            if (table.Loaded is not { } reason || isLoaded)
                return true;
            say(
                $"The newer table from {profiler.Name} was measured on a loaded device: {reason}. The search goes on with the "
                    + "table that it has."
            );
            return false;
        }
        catch (UserErrorException fault)
        {
            say($"{fault.Message} The search goes on with the table that it has.");
            return false;
        }
    }
}
