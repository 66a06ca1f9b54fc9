using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>
/// The leases that the device works at, one after the other as they came. Whatever one has to say goes to the outbox until it is stopped,
/// and nothing afterwards. Safe for use by any number of threads.
/// </summary>
internal sealed class HeldLeases(Outbox outbox, ILogger<HeldLeases> logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, CancellationTokenSource> held = [];
    private readonly SemaphoreSlim turn = new(1, 1);

    // Why nothing is taken on any more; null while something is.
    private string? closed;

    /// <summary>The leases.</summary>
    public IReadOnlyList<long> All
    {
        get
        {
            lock (gate)
                return [.. held.Keys];
        }
    }

    /// <summary>Takes a lease on.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="work">Measures what it holds, when it is its turn; ends soon after its token is cancelled.</param>
    /// <param name="owned">Disposed of when it has ended, whether it had its turn or not.</param>
    public void Begin(long lease, Func<CancellationToken, Task<StintEnd>> work, IDisposable? owned = null)
    {
        var stop = new CancellationTokenSource();
        lock (gate)
        {
            if (closed is not null)
                outbox.Add(new StintEnd { Lease = lease, Reason = closed });
            else if (held.TryAdd(lease, stop))
            {
                // In line at once: those behind it come behind it.
                Task inLine = turn.WaitAsync(stop.Token);
                _ = Task.Run(() => RunAsync(lease, inLine, work, owned, stop.Token));
                return;
            }
            else
                logger.LogWarning("The fleet hands out lease {Lease} twice; the second is left alone", lease);
        }
        owned?.Dispose();
    }

    /// <summary>Tells a result of a lease, where that has not been stopped meanwhile.</summary>
    public void Tell(long lease, Action<Outbox> add)
    {
        lock (gate)
        {
            if (held.ContainsKey(lease))
                add(outbox);
        }
    }

    /// <summary>Stops a lease of which nothing more is to be said.</summary>
    public void Revoke(long lease)
    {
        lock (gate)
        {
            StopSilently(lease);
            outbox.Drop(lease);
        }
        logger.LogDebug("Lease {Lease} is stopped, and nothing more is told of it", lease);
    }

    /// <summary>Stops all leases but some; what the others have measured is sent all the same.</summary>
    public void StopAllBut(IReadOnlyCollection<long> leases)
    {
        lock (gate)
        {
            foreach (long lease in held.Keys.Except(leases).ToArray())
            {
                logger.LogInformation("Lease {Lease} has lapsed, and is stopped", lease);
                StopSilently(lease);
            }
            foreach (long lease in outbox.Leases.Except(leases))
                outbox.SendLast(lease);
        }
    }

    /// <summary>Stops all leases, gives back what they have no result for, and takes none on any more.</summary>
    public void GiveBack(string reason)
    {
        lock (gate)
        {
            closed = reason;
            foreach (CancellationTokenSource each in held.Values)
                _ = each.CancelAsync();
        }
    }

    /// <summary>Stops all leases without a word.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (long lease in held.Keys.Concat(outbox.Leases).ToArray())
                Revoke(lease);
        }
    }

    private void StopSilently(long lease)
    {
        // What follows from it runs on other threads: nothing of the work's end may run under the lock.
        if (held.Remove(lease, out CancellationTokenSource? stopped))
            _ = stopped.CancelAsync();
    }

    private async Task RunAsync(
        long lease,
        Task inLine,
        Func<CancellationToken, Task<StintEnd>> work,
        IDisposable? owned,
        CancellationToken stop
    )
    {
        StintEnd end;
        try
        {
            await inLine;
            try
            {
                end = await work(stop);
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            end = new() { Lease = lease, Reason = closed ?? "The profiler ends." };
        }
        catch (Exception fault)
        {
            // Nobody awaits this task: the fleet and the log are told.
            logger.LogError(fault, "Lease {Lease} ended before all was measured", lease);
            end = new() { Lease = lease, Reason = fault.Message };
        }
        owned?.Dispose();
        lock (gate)
        {
            if (held.Remove(lease))
                outbox.Add(end);
        }
    }
}
