using System.Runtime.ExceptionServices;
using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Runs what is left of a sweep, on several workers. Chains that another program works on are left to it, and taken over where it
/// ends before they do.</summary>
/// <param name="folder">The sweep.</param>
/// <param name="devices">Names of torch's devices; each has one chain at a time.</param>
/// <param name="runner">Runs the commands.</param>
/// <param name="reporter">Tells the user.</param>
/// <param name="again">Try stages, too, that were refused.</param>
/// <param name="pause">Before what may pass is tried again; null is ten seconds.</param>
public sealed class SweepRun(
    SweepFolder folder,
    IReadOnlyList<string> devices,
    IStageRunner runner,
    IProgressReporter reporter,
    bool again,
    TimeSpan? pause = null
)
{
    private const int MostLines = 24;

    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<string> taken = [];
    private readonly List<string> failures = [];
    private bool waits;

    /// <summary>Runs every chain that is not done.</summary>
    /// <param name="cancellation">Has all stages save and end, and waits for that.</param>
    /// <returns>A sentence for each chain that failed.</returns>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation)
    {
        TellWaiting();
        // One that fails unexpectedly must not leave the others behind, with children that nobody waits for.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task all = Task.WhenAll(devices.Select(device => Task.Run(() => WorkAsync(device, stop), CancellationToken.None)));
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The others were stopped for it.
        if (all.Exception?.InnerExceptions.FirstOrDefault(fault => fault is not OperationCanceledException) is { } first)
            ExceptionDispatchInfo.Throw(first);
        cancellation.ThrowIfCancellationRequested();
        return failures;
    }

    /// <summary>Each chain has its line from the beginning, unless there are more than a screen takes.</summary>
    private void TellWaiting()
    {
        IReadOnlyList<ChainReading> read = ChainReading.All(folder);
        // Why one cannot be read is told in its turn.
        int unreadable = read.Count(each => each.Fault is not null);
        List<ChainReading> waiting = [.. read.Where(each => each.Fault is null && !each.State.IsDone(folder.Sweep.Stages))];
        int all = read.Count;
        int done = all - waiting.Count - unreadable;
        if (done == all)
            reporter.Say(FormattableString.Invariant($"All {all} chains are done already."));
        else if (done > 0)
            reporter.Say(FormattableString.Invariant($"{done} of {all} chains are done already."));
        if (unreadable > 0)
            reporter.Say(FormattableString.Invariant($"The state of {unreadable} of {all} chains cannot be read."));
        if (waiting.Count > MostLines)
            reporter.Say(FormattableString.Invariant($"{waiting.Count} chains wait; each is shown from its beginning on."));
        else
            waiting.ForEach(each => new ChainProgress(folder, each.Chain, reporter, TimeProvider.System).Wait(each.State));
    }

    private async Task WorkAsync(string device, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                stop.Token.ThrowIfCancellationRequested();
                // A full disk may take no lock.
                (SweepChain? chain, ChainLock? held) = await new Patience(reporter, pause)
                    .RunAsync("The sweep", () => Task.FromResult(Claim()), stop.Token)
                    .ConfigureAwait(false);
                if (chain is null)
                    return;
                if (held is null)
                {
                    await Task.Delay(Glance, stop.Token).ConfigureAwait(false);
                    continue;
                }
                using (held)
                    await RunAsync(chain, device, stop.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task RunAsync(SweepChain chain, string device, CancellationToken cancellation)
    {
        string? failure;
        try
        {
            failure = await new ChainRun(folder, chain, device, runner, reporter, pause)
                .RunAsync(again, cancellation)
                .ConfigureAwait(false);
        }
        catch (UserErrorException fault)
        {
            failure = $"{chain.Name}: {fault.Message}";
        }
        if (failure is null)
            return;
        lock (gate)
            failures.Add(failure);
        reporter.Say(failure);
    }

    /// <summary>The first chain that nobody works on. Without a lock: all that are left are worked on elsewhere; without a chain: none is
    /// left.</summary>
    private (SweepChain? Chain, ChainLock? Held) Claim()
    {
        lock (gate)
        {
            SweepChain? elsewhere = null;
            foreach (SweepChain chain in folder.Sweep.Chains.Where(chain => !taken.Contains(chain.Name)))
            {
                if (ChainLock.TryTake(folder.LockOf(chain)) is { } held)
                {
                    taken.Add(chain.Name);
                    return (chain, held);
                }
                elsewhere ??= chain;
            }
            if (elsewhere is not null && !waits)
            {
                waits = true;
                string by = LockOwner.Of(folder.LockOf(elsewhere)) is { } owner ? $" ({owner})" : "";
                reporter.Say($"All chains that are left are worked on elsewhere{by}; this waits for them, and takes over what stops.");
            }
            return (elsewhere, null);
        }
    }
}
