using System.Collections.Concurrent;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// The one thread that touches the device. Whatever clients ask for passes through it, one piece of work at a time and in
/// order of arrival, so no measurement ever disturbs another. A table job hands in one operator after the other: other
/// clients' requests get their turn in between, and nobody waits for a whole table.
/// </summary>
public sealed class DeviceWorker : IDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<Action> queue = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Thread thread;

    /// <summary>Starts the thread.</summary>
    public DeviceWorker()
    {
        thread = new Thread(Work) { IsBackground = true, Name = "device" };
        thread.Start();
    }

    /// <summary>How many pieces of work wait for the device.</summary>
    public int Waiting => queue.Count;

    /// <summary>Queues work and waits for its result.</summary>
    /// <param name="work">Runs on the device thread; should end soon after its token is cancelled.</param>
    /// <param name="cancellation">Takes the work out of the queue, or ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is being disposed of.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken token = either.Token;
        queue.Add(() => Complete(result, work, token), token);
        return await result.Task.WaitAsync(token);
    }

    /// <summary>Cancels all work and waits for the running piece to notice.</summary>
    public void Dispose()
    {
        if (stopping.IsCancellationRequested) return;
        stopping.Cancel();
        queue.CompleteAdding();
        // A run that does not end must not keep the program: the thread is a background one.
        thread.Join(LongestGoodbye);
    }

    private static void Complete<T>(TaskCompletionSource<T> result, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            result.SetResult(work(cancellation));
        }
        catch (OperationCanceledException)
        {
            result.SetCanceled(cancellation);
        }
        catch (Exception fault)
        {
            // Whatever it is, it belongs to whoever waits for the result, not to this thread.
            result.SetException(fault);
        }
    }

    private void Work()
    {
        foreach (Action work in queue.GetConsumingEnumerable()) work();
    }
}
