using System.Collections.Concurrent;
using FasterSeg.Latency;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>Trains finalists on several devices at a time, each in a process of its own. One that is ended from outside is started again
/// once.</summary>
internal sealed class FinalistProcesses : IDisposable
{
    private readonly IReadOnlyList<string> devices;
    private readonly string location;
    private readonly IProgressReporter reporter;
    private readonly CancellationTokenSource stop;
    private readonly ConcurrentQueue<RunFolder> waiting = [];
    private readonly Dictionary<string, TaskCompletionSource> ends = [];
    private readonly List<Thread> workers = [];
    private Exception? failure;

    /// <summary>Trains nothing yet.</summary>
    /// <param name="devices">Names of torch's devices; each has one training at a time.</param>
    /// <param name="location">The search's images; without that no other process finds them.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Has every training save, and ends it.</param>
    public FinalistProcesses(IReadOnlyList<string> devices, string? location, IProgressReporter reporter, CancellationToken cancellation)
    {
        (this.devices, this.reporter) = (devices, reporter);
        this.location = location ?? throw new InvalidOperationException("halving:devices needs images that DatasetLocator opened.");
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Begins with the trainings of some folders.</summary>
    public void Begin(IReadOnlyList<RunFolder> folders)
    {
        foreach (RunFolder folder in folders)
        {
            ends[folder.Path] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Finalist.IsDone(folder))
                ends[folder.Path].SetResult();
            else
                waiting.Enqueue(folder);
        }
        foreach (string device in devices.Take(waiting.Count))
        {
            var worker = new Thread(() => Work(device)) { IsBackground = true, Name = "halving on " + device };
            workers.Add(worker);
            worker.Start();
        }
    }

    /// <summary>Waits for the end of a training.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    /// <exception cref="UserErrorException">This training or another one failed; none goes on.</exception>
    public void Wait(RunFolder folder)
    {
        try
        {
            ends[folder.Path].Task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (failure is { } first)
        {
            throw new UserErrorException(first.Message, first);
        }
    }

    /// <summary>Has what still trains save and end, and waits for that.</summary>
    public void Dispose()
    {
        stop.Cancel();
        foreach (Thread worker in workers)
            worker.Join();
        stop.Dispose();
    }

    private void Work(string device)
    {
        while (waiting.TryDequeue(out RunFolder? folder))
        {
            TaskCompletionSource end = ends[folder.Path];
            try
            {
                Train(folder, device);
                end.SetResult();
            }
            catch (OperationCanceledException)
            {
                end.SetCanceled();
            }
            catch (Exception fault)
            {
                Interlocked.CompareExchange(ref failure, fault, null);
                // The others would train for hours for a search that has failed.
                stop.Cancel();
                end.SetException(fault);
            }
        }
    }

    private void Train(RunFolder folder, string device)
    {
        stop.Token.ThrowIfCancellationRequested();
        int code = FinalistProcess.Run(folder, location, device, reporter, stop.Token);
        if (code == 0)
            return;
        string name = Path.GetFileName(folder.Path);
        reporter.Say($"The process that trains {name} on {device} was ended (code {code}); it is started again, from its checkpoint.");
        code = FinalistProcess.Run(folder, location, device, reporter, stop.Token);
        if (code != 0)
            throw new UserErrorException(
                $"The process that trains {name} on {device} was ended twice (code {code}), perhaps since memory ran out: see to that, or "
                    + "name fewer in halving:devices of the run's config.json, and go on with --resume."
            );
    }
}
