using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>A thread of a replica's own: torch's number of threads and OpenMP's team belong to the thread that computes.</summary>
internal sealed class ReplicaThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    /// <summary>Starts it.</summary>
    /// <param name="name">For debuggers.</param>
    /// <param name="threads">CPU threads of an operation.</param>
    public ReplicaThread(string name, int threads)
    {
        thread = new Thread(() =>
        {
            set_num_threads(threads);
            foreach (Action each in work.GetConsumingEnumerable())
                each();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
    }

    /// <summary>Runs something behind what it has to do already.</summary>
    /// <returns>Ends with it, and as it does.</returns>
    public Task<T> Start<T>(Func<T> action)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                end.SetResult(action());
            }
            catch (Exception fault)
            {
                end.SetException(fault);
            }
        });
        return end.Task;
    }

    /// <summary>Waits for the end of its work.</summary>
    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }
}
