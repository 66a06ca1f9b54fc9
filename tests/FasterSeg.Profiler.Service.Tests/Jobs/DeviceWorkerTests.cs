using FasterSeg.Profiler.Service.Jobs;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class DeviceWorkerTests : IDisposable
{
    private readonly DeviceWorker worker = new();

    public void Dispose() => worker.Dispose();

    [Fact]
    public async Task OnePieceOfWorkRunsAtATimeInOrderOfArrival()
    {
        int running = 0, most = 0;
        var order = new List<int>();
        using var gate = new ManualResetEventSlim();
        Task<int>[] work = [.. Enumerable.Range(0, 50).Select(i => worker.RunAsync(token =>
        {
            gate.Wait(token);
            most = Math.Max(most, Interlocked.Increment(ref running));
            order.Add(i);
            Thread.Yield();
            Interlocked.Decrement(ref running);
            return i;
        }, TestContext.Current.CancellationToken))];
        gate.Set();
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(work));
        Assert.Equal(Enumerable.Range(0, 50), order);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task CancelledWorkLeavesTheQueueAndTheRestGoesOn()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        bool hasRun = false;
        Task<int> first = worker.RunAsync(token =>
        {
            gate.Wait(token);
            return 1;
        }, TestContext.Current.CancellationToken);
        Task<bool> second = worker.RunAsync(_ => hasRun = true, cancellation.Token);
        Task<int> third = worker.RunAsync(_ => 3, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Set();
        Assert.Equal(1, await first);
        Assert.Equal(3, await third);
        Assert.False(hasRun);
    }

    [Fact]
    public async Task AnExceptionBelongsToWhoeverWaits()
    {
        Task<int> work = worker.RunAsync<int>(_ => throw new InvalidOperationException("mine"), TestContext.Current.CancellationToken);
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => work)).Message);
        Assert.Equal(2, await worker.RunAsync(_ => 2, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DisposalEndsWhatRunsAndWhatWaits()
    {
        using var started = new ManualResetEventSlim();
        Task<bool> running = worker.RunAsync(token =>
        {
            started.Set();
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return true;
        }, TestContext.Current.CancellationToken);
        Task<int> waiting = worker.RunAsync(_ => 1, TestContext.Current.CancellationToken);
        started.Wait(TestContext.Current.CancellationToken);
        worker.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
