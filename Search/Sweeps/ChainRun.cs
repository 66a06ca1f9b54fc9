using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Runs what is left of a chain, stage after stage. Whoever does holds the chain's lock.</summary>
/// <param name="folder">The sweep.</param>
/// <param name="chain">The chain.</param>
/// <param name="device">Name of torch's device.</param>
/// <param name="runner">Runs the commands.</param>
/// <param name="reporter">Tells the user.</param>
/// <param name="pause">Before what may pass is tried again; null is ten seconds.</param>
/// <param name="lease">Under which it is run; null where nobody but the lock says whose it is. What has failed under another lease as often
/// as it may is not tried again.</param>
public sealed class ChainRun(
    SweepFolder folder,
    SweepChain chain,
    string device,
    IStageRunner runner,
    IProgressReporter reporter,
    TimeSpan? pause = null,
    IChainLease? lease = null
)
{
    private readonly TimeSpan pause = pause ?? TimeSpan.FromSeconds(10);
    private readonly ChainProgress progress = new(folder, chain, reporter, TimeProvider.System);
    private ChainState state = ChainState.New;

    /// <summary>Runs it to its end, or to a failure that is not tried again.</summary>
    /// <param name="again">Try a stage, too, that was refused.</param>
    /// <param name="cancellation">Has the stage save and end, and waits for that.</param>
    /// <returns>Why it failed, as a sentence; null where it is done.</returns>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    /// <exception cref="ChainLostException">Its lease is over.</exception>
    /// <exception cref="UserErrorException">The chain's state cannot be read, or no process be started.</exception>
    public async Task<string?> RunAsync(bool again, CancellationToken cancellation)
    {
        await TakeOverAsync(cancellation).ConfigureAwait(false);
        state = ChainState.Of(folder, chain);
        if (state.Stages.Count == 0 && File.Exists(folder.StateOf(chain)))
            reporter.Say($"{chain.Name}: its run {folder.RunOf(chain)} is gone, so it begins anew.");
        foreach (SweepStage stage in folder.Sweep.Stages)
        {
            if (state[stage].Done)
                continue;
            if (state[stage].IsRefused && !again)
                return Told(stage);
            if (lease is not null && state[stage].Failures > folder.Sweep.Retries)
                return Told(stage);
            // Whoever starts the sweep again wants it tried again.
            if (state[stage].Failures > folder.Sweep.Retries || state[stage].IsRefused)
                state = state.With(stage, state[stage] with { Failures = 0, Code = null });
            await RunAsync(stage, cancellation).ConfigureAwait(false);
            if (!state[stage].Done)
                return Told(stage);
        }
        progress.End();
        return null;
    }

    private async Task RunAsync(SweepStage stage, CancellationToken cancellation)
    {
        for (bool paused = false; ; )
        {
            cancellation.ThrowIfCancellationRequested();
            StageEnd end = await AttemptAsync(stage, cancellation).ConfigureAwait(false);
            if (end.Code != 0)
                cancellation.ThrowIfCancellationRequested();
            if (end.Code == 0)
                return;
            if (end.MayPass)
            {
                if (!paused)
                    reporter.Say(
                        $"{chain.Name} is paused in {stage.Word()}: {end.Brief}. It tries again every "
                            + FormattableString.Invariant($"{pause.TotalSeconds:0.#} s, and Ctrl-C ends it.")
                    );
                paused = true;
                await Task.Delay(pause, cancellation).ConfigureAwait(false);
                continue;
            }
            paused = false;
            if (end.Code == StageEnd.Refused || state[stage].Failures > folder.Sweep.Retries)
                return;
            reporter.Say(
                $"{chain.Name}: {stage.Word()} failed: {end.Brief}. It is tried again "
                    + FormattableString.Invariant($"({state[stage].Failures} of {folder.Sweep.Retries}).")
            );
        }
    }

    private async Task<StageEnd> AttemptAsync(SweepStage stage, CancellationToken cancellation)
    {
        await RunPlace.ClearAsync(folder, chain, stage, reporter, cancellation).ConfigureAwait(false);
        if (lease is not null)
            await lease.ConfirmAsync(cancellation).ConfigureAwait(false);
        StageState before = state[stage];
        DateTimeOffset began = DateTimeOffset.UtcNow;
        // Before it begins: an end of this program leaves the count.
        var begun = before with { Attempts = before.Attempts + 1, Began = began, Ended = null, Code = null, Failure = null };
        await KeepAsync(stage, begun, cancellation).ConfigureAwait(false);
        StageEnd end;
        using (progress.Watch(stage, state, began))
            end = await runner
                .RunAsync(
                    StageCommand.Of(folder, chain, stage, device),
                    folder.StageLockOf(chain),
                    folder.LogOf(chain),
                    lease,
                    cancellation
                )
                .ConfigureAwait(false);
        await NoteAsync(stage, before, began, end, cancellation).ConfigureAwait(false);
        return end;
    }

    /// <summary>Keeps how an attempt ended.</summary>
    private async Task NoteAsync(SweepStage stage, StageState before, DateTimeOffset began, StageEnd end, CancellationToken cancellation)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        // Whatever it ends with where it was told to: that is no failure.
        bool stopped = end.Code != 0 && (cancellation.IsCancellationRequested || lease?.Lost.IsCancellationRequested == true);
        await KeepAsync(
                stage,
                state[stage] with
                {
                    Done = end.Code == 0,
                    Failures = before.Failures + (end.Code == 0 || end.MayPass || stopped ? 0 : 1),
                    Seconds = before.Seconds + Math.Max(0, (now - began).TotalSeconds),
                    Ended = now,
                    Code = stopped ? null : end.Code,
                    Failure = end.Code == 0 || stopped ? null : end.Sentence,
                },
                // It is noted once in any case; only a full disk is not waited for then.
                cancellation
            )
            .ConfigureAwait(false);
        if (stopped)
            RequireLease();
        // Noted first: what the log calls ended is not run again.
        using var log = new ChainLog(folder.LogOf(chain));
        log.Add(FormattableString.Invariant($"{stage.Word()} ended with code {end.Code}"));
    }

    private Task KeepAsync(SweepStage stage, StageState next, CancellationToken cancellation)
    {
        state = state.With(stage, next);
        return new Patience(reporter, pause).RunAsync(
            chain.Name,
            () =>
            {
                // What was done is true also where the lease has just ended, as long as nobody has begun under another one.
                if (lease?.Fence.Holds() == false)
                    throw new ChainLostException();
                state.Save(folder.StateOf(chain));
            },
            cancellation
        );
    }

    /// <summary>Under a lease: keeps who had the chain before from writing.</summary>
    private async Task TakeOverAsync(CancellationToken cancellation)
    {
        if (lease is null)
            return;
        await lease.ConfirmAsync(cancellation).ConfigureAwait(false);
        string? higher = lease.Fence.Higher();
        // Asked after the look: were it a newer lease of this fleet, this one would be over.
        if (higher is not null)
            await lease.ConfirmAsync(cancellation).ConfigureAwait(false);
        bool wasAnothers = await new Patience(reporter, pause)
            .RunAsync(chain.Name, () => Task.FromResult(lease.Fence.Raise(higher)), cancellation)
            .ConfigureAwait(false);
        if (wasAnothers)
            await lease.SettleAsync(cancellation).ConfigureAwait(false);
    }

    private void RequireLease()
    {
        if (lease?.Lost.IsCancellationRequested == true)
            throw new ChainLostException();
    }

    private string Told(SweepStage stage) => $"{chain.Name}: {stage.Word()}: {StageEnd.Told(state[stage].Failure ?? "")}";
}
