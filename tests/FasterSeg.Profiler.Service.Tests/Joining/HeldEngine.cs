using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>A fake engine on which a run takes as long as a test says, and whose next session a test can hold.</summary>
internal sealed class HeldEngine : IDisposable
{
    private readonly SyntheticTime time = new();
    private readonly ManualResetEventSlim goOn = new(initialState: true);
    private volatile Func<string, int, bool> holds = (_, _) => false;
    private TaskCompletionSource arrived = New();

    /// <param name="ms">What a run takes, ms, by its graph's name and how often that was opened; null is 1 ms.</param>
    public HeldEngine(Func<string, int, double>? ms = null) =>
        Engine = new FakeEngine
        {
            Time = time,
            Opening = Open,
            Running = name => time.Advance(ms?.Invoke(name, Times(name)) ?? 1),
        };

    public FakeEngine Engine { get; }

    /// <summary>Ends when a session is held.</summary>
    public Task Arrived => arrived.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>How many sessions have been opened.</summary>
    public int Opened => Engine.Opened.Count;

    /// <summary>Holds the session of this name and number (from 0), or the very next one.</summary>
    public void Hold(Func<string, int, bool>? which = null)
    {
        arrived = New();
        goOn.Reset();
        holds = which ?? ((_, _) => true);
    }

    /// <summary>Lets what is held go on, and all that come.</summary>
    public void Release()
    {
        holds = (_, _) => false;
        goOn.Set();
    }

    public void Dispose() => Release();

    private int Times(string name) => Engine.Opened.Count(opened => opened == name);

    private void Open(string name)
    {
        if (!holds(name, Times(name)))
            return;
        arrived.TrySetResult();
        goOn.Wait(TestContext.Current.CancellationToken);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
