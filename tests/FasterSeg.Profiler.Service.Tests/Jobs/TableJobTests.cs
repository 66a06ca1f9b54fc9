using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class TableJobTests
{
    private readonly TableJob job = new("job", SearchSpace.Paper(), new MeasurementSettings(), new MemoryJobLog());

    [Fact]
    public async Task An_early_watcher_gets_everything()
    {
        Task<List<JobProgress>> watching = CollectAsync();
        Report(0, 1, 2);
        job.Report(new(2, 2, 0, TableId: "table"));
        Assert.Equal([0, 1, 2, 2], (await watching).Select(progress => progress.Done));
        Assert.Equal("table", (await watching)[^1].TableId);
    }

    [Fact]
    public async Task A_late_watcher_gets_the_present_state_first()
    {
        Report(0, 1, 2);
        Task<List<JobProgress>> watching = CollectAsync();
        Report(3);
        job.Report(new(3, 3, 0, TableId: "table"));
        List<JobProgress> progress = await watching;
        Assert.Equal([2, 3, 3], progress.Select(each => each.Done));
        Assert.Null(progress[0].Entry);
        Assert.NotNull(progress[1].Entry);
    }

    [Fact]
    public async Task A_watcher_after_the_end_gets_the_table_only()
    {
        Report(0, 1);
        job.Report(new(1, 1, 0, TableId: "table"));
        Assert.Equal("table", Assert.Single(await CollectAsync()).TableId);
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_holds_nobody_up()
    {
        await using IAsyncEnumerator<JobProgress> slow = job.WatchAsync(cancellation: TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Report(0);
        Assert.True(await slow.MoveNextAsync());
        Report([.. Enumerable.Range(1, 1000)]);
        job.Report(new(1000, 1000, 0, TableId: "table"));
        int read = 1;
        while (await slow.MoveNextAsync())
            read++;
        Assert.Equal(1002, read);
    }

    [Fact]
    public async Task A_failure_reaches_every_watcher_early_and_late()
    {
        Task<List<JobProgress>> early = CollectAsync();
        Report(0);
        job.Fail(new IOException("disk full"));
        Assert.Contains("disk full", (await Assert.ThrowsAsync<JobFailedException>(() => early)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JobFailedException>(CollectAsync);
    }

    [Fact]
    public async Task A_watcher_that_leaves_leaves_the_job_alone()
    {
        using var cancellation = new CancellationTokenSource();
        IAsyncEnumerator<JobProgress> watcher = job.WatchAsync(cancellation: cancellation.Token).GetAsyncEnumerator(cancellation.Token);
        Task<bool> waiting = watcher.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        job.Report(new(1, 1, 0, TableId: "table"));
        Assert.Single(await CollectAsync());
    }

    private void Report(params int[] done)
    {
        foreach (int each in done)
            job.Report(new(each, 1000, 0, LatencyEntry.Defined(new(OperatorKind.Skip, 8, 8, 8, 8))));
    }

    private async Task<List<JobProgress>> CollectAsync()
    {
        var all = new List<JobProgress>();
        await foreach (JobProgress progress in job.WatchAsync(cancellation: TestContext.Current.CancellationToken))
            all.Add(progress);
        return all;
    }
}
