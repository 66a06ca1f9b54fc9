using System.Threading.Channels;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>A clock on which who waits, waits until the test lets it go on.</summary>
internal sealed class WaitingTime : TimeProvider
{
    private readonly Channel<Waiting> waits = Channel.CreateUnbounded<Waiting>();

    /// <summary>The next wait that somebody begins.</summary>
    public ValueTask<Waiting> NextAsync(CancellationToken cancellation) => waits.Reader.ReadAsync(cancellation);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var wait = new Waiting(dueTime, () => callback(state));
        if (dueTime != Timeout.InfiniteTimeSpan)
            Assert.True(waits.Writer.TryWrite(wait));
        return wait;
    }

    /// <summary>Somebody waits.</summary>
    internal sealed class Waiting(TimeSpan span, Action end) : ITimer
    {
        public TimeSpan Span => span;

        public void GoOn() => end();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
