using System.Runtime.CompilerServices;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// The one thread that touches the device. Whatever clients ask for passes through it, one piece of work at a time, so no measurement
/// ever disturbs another. Clients that wait take turns by the time that they have had (<see cref="FairQueue{T}"/>): a table job hands in
/// one operator after the other, and nobody waits for a whole table, or for all that another client has asked for.
/// </summary>
public sealed class DeviceWorker : IDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly FairQueue<Action> queue = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly int mostWaiting;
    private readonly TimeProvider time;
    private readonly Thread thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="mostWaiting">Pieces of work of one client that may wait.</param>
    /// <param name="time">The clock of the clients' turns; null is the system's.</param>
    public DeviceWorker(int mostWaiting = CallLimits.DefaultWaiting, TimeProvider? time = null)
    {
        this.mostWaiting = mostWaiting;
        this.time = time ?? TimeProvider.System;
        thread = new Thread(Work) { IsBackground = true, Name = "device" };
        thread.Start();
    }

    /// <summary>How many pieces of work wait for the device.</summary>
    public int Waiting => queue.Count;

    /// <summary>Whether something of others than this client waits.</summary>
    public bool HasOthers(string client) => queue.HasOthers(client);

    /// <summary>Queues a client's work and waits for its result.</summary>
    /// <param name="client">Whose turn it takes.</param>
    /// <param name="work">Runs on the device thread; should end soon after its token is cancelled.</param>
    /// <param name="cancellation">Takes the work out of the queue, or ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is being disposed of.</exception>
    /// <exception cref="QueueFullException">Too much of this client's waits already.</exception>
    public Task<T> RunAsync<T>(string client, Func<CancellationToken, T> work, CancellationToken cancellation) =>
        RunAsync(client, mostWaiting, work, cancellation);

    /// <summary>Queues work of the service's own, which takes turns like a client's, and waits for its result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is being disposed of.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellation) =>
        RunAsync("", int.MaxValue, work, cancellation);

    /// <summary>Queues a job's work, however much waits already; where the device is lost, waits until it is there again and begins
    /// anew.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the worker is being disposed of.</exception>
    public Task<T> RunPatientlyAsync<T>(string client, Func<CancellationToken, T> work, CancellationToken cancellation) =>
        PatientlyAsync(() => RunAsync(client, int.MaxValue, work, cancellation), cancellation);

    /// <summary>Where the device is lost, waits until it is there again and begins anew.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        while (true)
        {
            Task found;
            try
            {
                return await work();
            }
            catch (DeviceLostException lost)
            {
                found = lost.Found;
            }
            await found.WaitAsync(cancellation);
        }
    }

    /// <summary>Cancels all work and waits for the running piece to notice.</summary>
    public void Dispose()
    {
        if (stopping.IsCancellationRequested)
            return;
        stopping.Cancel();
        queue.Close();
        // A run that does not end must not keep the program: the thread is a background one.
        thread.Join(LongestGoodbye);
    }

    private async Task<T> RunAsync<T>(string client, int most, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken token = either.Token;
        token.ThrowIfCancellationRequested();
        // Log scopes and spans of who asks hold on the device thread too.
        ExecutionContext? context = ExecutionContext.Capture();
        Action piece = context is null
            ? () => Complete(result, work, token)
            : () => ExecutionContext.Run(context, _ => Complete(result, work, token), null);
        queue.Add(client, piece, most);
        try
        {
            return await result.Task.WaitAsync(token);
        }
        finally
        {
            // Where it was cancelled it may still wait.
            queue.Remove(client, piece);
        }
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
        while (WorkOnce()) { }
    }

    // A method of its own: while the thread waits for the next piece it must not hold the last one, of which a large model may be part.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WorkOnce()
    {
        if (queue.Take(out string client) is not { } work)
            return false;
        long start = time.GetTimestamp();
        work();
        queue.Charge(client, time.GetElapsedTime(start));
        return true;
    }
}
