using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Runs;
using Standing = FasterSeg.Protos.Fleet.V1.ChainState;

namespace FasterSeg.Search.Sweeps;

/// <summary>Takes chains from a fleet and works on them, until it is interrupted.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="options">How it works.</param>
/// <param name="runner">Runs the commands.</param>
/// <param name="reporter">Tells the user.</param>
public sealed class ChainAgent(IChainFleet fleet, AgentOptions options, IStageRunner runner, IProgressReporter reporter)
{
    // Before the first answer says how often.
    private static readonly TimeSpan FirstSign = TimeSpan.FromSeconds(2),
        LongestSign = TimeSpan.FromMinutes(1),
        LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly FleetVoice voice = new(reporter, options.Ask);
    private readonly ConcurrentDictionary<long, HeldChain> held = [];
    private readonly LeftAside aside = new(options.Aside);
    private long signTicks = FirstSign.Ticks;
    private int saidIdle;

    /// <summary>Works until the interruption; then stages save and end, and their chains are given back.</summary>
    /// <exception cref="UserErrorException">The fleet does not let it in.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // One that fails unexpectedly must not leave the others behind, with children that nobody waits for.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var ended = new CancellationTokenSource();
        Task signs = Task.Run(() => SignAsync(stop, ended.Token), CancellationToken.None);
        Task work = Task.WhenAll(options.Devices.Select(device => Task.Run(() => WorkAsync(device, stop), CancellationToken.None)));
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended.CancelAsync().ConfigureAwait(false);
        await signs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        AggregateException? faults = work.Exception ?? signs.Exception;
        if (faults?.InnerExceptions.FirstOrDefault(fault => fault is not OperationCanceledException) is { } first)
            ExceptionDispatchInfo.Throw(first);
    }

    private async Task WorkAsync(string device, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                using HeldChain chain = await TakeAsync(device, stop.Token).ConfigureAwait(false);
                try
                {
                    ChainEnding end = await RunAsync(chain, device, stop.Token).ConfigureAwait(false);
                    await EndAsync(chain, end, stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    held.TryRemove(chain.Lease.Token, out _);
                }
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<HeldChain> TakeAsync(string device, CancellationToken cancellation)
    {
        // The same until it is answered with a chain: one whose answer got lost is given again.
        string ask = Guid.NewGuid().ToString("N");
        while (true)
        {
            TakeResponse answer = await voice
                .AskAsync(
                    token =>
                    {
                        var request = new TakeRequest { Agent = $"{options.Name} ({device})", Ask = ask };
                        aside.AddTo(request);
                        return fleet.TakeAsync(request, token);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            NoteSign(answer.SignSeconds);
            if (answer.Lease is { } lease)
            {
                Interlocked.Exchange(ref saidIdle, 0);
                var chain = new HeldChain(lease, options, reporter, ConfirmAsync, cancellation);
                held[lease.Token] = chain;
                return chain;
            }
            if (Interlocked.Exchange(ref saidIdle, 1) == 0)
                reporter.Say(
                    FormattableString.Invariant($"No chain waits for this agent; it asks again every {options.Ask.TotalSeconds:0.#} s.")
                );
            await Task.Delay(options.Ask, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Runs what is left of a chain.</summary>
    private async Task<ChainEnding> RunAsync(HeldChain held, string device, CancellationToken interruption)
    {
        try
        {
            var found = SharedSweep.Find(held.Lease, options.Sweeps);
            if (found.Fault is not null)
                return LeaveSweep(held, found.Fault);
            (SweepFolder folder, SweepChain chain) = (found.Folder!, found.Chain!);
            using ChainLock? mine = ChainLock.TryTake(folder.LockOf(chain));
            if (mine is null)
                return LeaveChain(held, $"its lock is held by {LockOwner.Of(folder.LockOf(chain)) ?? "another program"}");
            if (!await IsSavedAsync(folder.StageLockOf(chain), held.Ending).ConfigureAwait(false))
                return LeaveChain(held, "a process of an earlier agent still holds the lock of its stage");
            held.Found(folder.FenceOf(chain));
            string? failure = await new ChainRun(folder, chain, device, runner, held, options.Pause, held)
                .RunAsync(again: false, held.Ending)
                .ConfigureAwait(false);
            if (failure is null)
                return new(Standing.Done, "");
            return new(ChainState.Load(folder.StateOf(chain)).IsRefused ? Standing.Refused : Standing.Failed, failure);
        }
        catch (ChainLostException)
        {
            return ChainEnding.Lost;
        }
        catch (OperationCanceledException) when (held.Ending.IsCancellationRequested)
        {
            return new(Standing.Waiting, interruption.IsCancellationRequested ? "its agent was ended" : "its sweep was withdrawn");
        }
        catch (DamagedRunException fault)
        {
            return new(Standing.Refused, $"{held.Lease.Chain}: {fault.Message}");
        }
        catch (Exception fault) when (fault is UserErrorException or IOException or UnauthorizedAccessException)
        {
            // Of this machine, perhaps: no memory for a process, a folder that is gone or cannot be written here.
            return LeaveSweep(held, $"this machine cannot work on it: {fault.Message.TrimEnd('.')}");
        }
    }

    private async Task EndAsync(HeldChain chain, ChainEnding end, CancellationToken cancellation)
    {
        switch (end.State)
        {
            case Standing.Unspecified:
                reporter.Say($"{chain.Lease.Chain}: the fleet has taken it from this agent, which was not heard of in time.");
                return;
            case Standing.Waiting:
                await GiveBackAsync(chain, end.Message).ConfigureAwait(false);
                return;
            default:
                if (end.Message.Length > 0)
                    reporter.Say(end.Message);
                var report = new ReportRequest
                {
                    Token = chain.Lease.Token,
                    State = end.State,
                    Message = end.Message,
                };
                // Where it is interrupted before: the next agent finds it as it is, and tells.
                await voice.AskAsync(token => fleet.ReportAsync(report, token), cancellation).ConfigureAwait(false);
                return;
        }
    }

    private async Task GiveBackAsync(HeldChain chain, string reason)
    {
        using var limit = new CancellationTokenSource(LongestGoodbye);
        var request = new GiveBackRequest { Token = chain.Lease.Token, Reason = reason };
        try
        {
            await voice.TryAsync(token => fleet.GiveBackAsync(request, token), limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Its lease lapses.
        }
    }

    private ChainEnding LeaveSweep(HeldChain chain, string reason)
    {
        if (aside.AddSweep(chain.Lease.Sweep))
            reporter.Say($"{chain.Lease.Chain} of the sweep {chain.Lease.Place} is left to others: {reason}.");
        return new(Standing.Waiting, $"{options.Name}: {reason}");
    }

    private ChainEnding LeaveChain(HeldChain chain, string reason)
    {
        if (aside.AddChain(chain.Name))
            reporter.Say($"{chain.Lease.Chain} is left to others for a while: {reason}.");
        return new(Standing.Waiting, $"{options.Name}: {reason}");
    }

    /// <summary>Waits for a process that still saves; not for ever, since it may stand still.</summary>
    private async Task<bool> IsSavedAsync(string stageLock, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Saving);
        try
        {
            (await ChainLock.TakeAsync(stageLock, () => { }, limit.Token).ConfigureAwait(false)).Dispose();
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task SignAsync(CancellationTokenSource stop, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(new TimeSpan(Interlocked.Read(ref signTicks)), cancellation).ConfigureAwait(false);
                HeldChain[] chains = [.. held.Values];
                if (chains.Length > 0)
                    await voice.TryAsync(token => RenewAsync(chains, token), cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Without signs all leases would lapse, one after the other.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task ConfirmAsync(HeldChain chain, CancellationToken cancellation) =>
        voice.AskAsync(token => RenewAsync([chain], token), cancellation);

    private async Task<RenewResponse> RenewAsync(HeldChain[] chains, CancellationToken cancellation)
    {
        RenewResponse answer = await fleet
            .RenewAsync(new() { Signs = { chains.Select(chain => chain.Sign) } }, cancellation)
            .ConfigureAwait(false);
        NoteSign(answer.SignSeconds);
        foreach (HeldChain chain in chains)
        {
            if (!answer.Held.Contains(chain.Lease.Token))
                chain.Lose();
            else if (answer.Withdrawn.Contains(chain.Lease.Token))
                chain.Withdraw();
        }
        return answer;
    }

    private void NoteSign(double seconds)
    {
        if (seconds > 0 && seconds <= LongestSign.TotalSeconds)
            Interlocked.Exchange(ref signTicks, TimeSpan.FromSeconds(seconds).Ticks);
    }

    /// <summary>How a chain's work ended.</summary>
    /// <param name="State">As the fleet is told; waiting gives it back.</param>
    /// <param name="Message">Why.</param>
    private sealed record ChainEnding(Standing State, string Message)
    {
        /// <summary>The lease was over: there is nothing to tell.</summary>
        public static ChainEnding Lost { get; } = new(Standing.Unspecified, "");
    }
}
