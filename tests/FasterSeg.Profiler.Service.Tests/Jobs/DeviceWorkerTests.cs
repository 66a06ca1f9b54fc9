using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Tests;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class DeviceWorkerTests : IDisposable
{
    // Turns by a clock that stands: all pieces take the same.
    private readonly DeviceWorker worker = new(time: new SetTime());

    public void Dispose() => worker.Dispose();

    [Fact]
    public async Task One_piece_of_a_clients_work_runs_at_a_time_in_order_of_arrival()
    {
        int running = 0,
            most = 0;
        var order = new List<int>();
        using var gate = new ManualResetEventSlim();
        Task<int>[] work =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i =>
                    worker.RunAsync(
                        "anna",
                        token =>
                        {
                            gate.Wait(token);
                            most = Math.Max(most, Interlocked.Increment(ref running));
                            order.Add(i);
                            Thread.Yield();
                            Interlocked.Decrement(ref running);
                            return i;
                        },
                        TestContext.Current.CancellationToken
                    )
                ),
        ];
        gate.Set();
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(work));
        Assert.Equal(Enumerable.Range(0, 50), order);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Cancelled_work_leaves_the_queue_and_the_rest_goes_on()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        bool hasRun = false;
        Task<int> first = worker.RunAsync(
            "anna",
            token =>
            {
                gate.Wait(token);
                return 1;
            },
            TestContext.Current.CancellationToken
        );
        Task<bool> second = worker.RunAsync("anna", _ => hasRun = true, cancellation.Token);
        Task<int> third = worker.RunAsync("anna", _ => 3, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Set();
        Assert.Equal(1, await first);
        Assert.Equal(3, await third);
        Assert.False(hasRun);
    }

    [Fact]
    public async Task An_exception_belongs_to_whoever_waits()
    {
        Task<int> work = worker.RunAsync<int>(
            "anna",
            _ => throw new InvalidOperationException("mine"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => work)).Message);
        Assert.Equal(2, await worker.RunAsync("anna", _ => 2, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Disposal_ends_what_runs_and_what_waits()
    {
        using var started = new ManualResetEventSlim();
        Task<bool> running = worker.RunAsync(
            "anna",
            token =>
            {
                started.Set();
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return true;
            },
            TestContext.Current.CancellationToken
        );
        Task<int> waiting = worker.RunAsync("anna", _ => 1, TestContext.Current.CancellationToken);
        started.Wait(TestContext.Current.CancellationToken);
        worker.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_client_that_asks_for_much_does_not_starve_another()
    {
        using var hold = new Hold(worker);
        var order = new List<string>();
        Task[] work =
        [
            .. Enumerable.Range(0, 60).Select(i => Note("anna", $"anna {i}")),
            Note("bert", "bert 0"),
            Note("bert", "bert 1"),
            Note("carl", "carl 0"),
        ];
        hold.LetGo();
        await Task.WhenAll(work);
        Assert.Equal(["anna 0", "bert 0", "carl 0", "anna 1", "bert 1", "anna 2", "anna 3"], order.Take(7));

        Task Note(string client, string piece) =>
            worker.RunAsync(
                client,
                _ =>
                {
                    order.Add(piece);
                    return true;
                },
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public async Task A_client_with_too_much_waiting_is_refused_until_some_of_it_has_ended_or_left()
    {
        using var small = new DeviceWorker(mostWaiting: 2);
        using var hold = new Hold(small);
        using var leave = new CancellationTokenSource();
        Task<int> first = small.RunAsync("anna", _ => 1, TestContext.Current.CancellationToken);
        Task<int> second = small.RunAsync("anna", _ => 2, leave.Token);
        var refusal = await Assert.ThrowsAsync<QueueFullException>(() =>
            small.RunAsync("anna", _ => 3, TestContext.Current.CancellationToken)
        );
        Assert.StartsWith("2 measurements of this client wait", refusal.Message, StringComparison.Ordinal);
        Task<int> other = small.RunAsync("bert", _ => 4, TestContext.Current.CancellationToken);
        Assert.Equal(3, small.Waiting);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Task<int> third = small.RunAsync("anna", _ => 3, TestContext.Current.CancellationToken);
        hold.LetGo();
        int[] results = await Task.WhenAll(first, other, third);
        Assert.Equal([1, 4, 3], results);
    }

    [Fact]
    public async Task A_job_waits_for_a_lost_device_and_begins_anew()
    {
        var found = new TaskCompletionSource();
        int tries = 0;
        Task<int> job = worker.RunPatientlyAsync(
            "anna",
            _ => ++tries == 1 ? throw new DeviceLostException("gone", found.Task) : tries,
            TestContext.Current.CancellationToken
        );
        // Others are still answered.
        Assert.Equal(5, await worker.RunAsync("bert", _ => 5, TestContext.Current.CancellationToken));
        Assert.False(job.IsCompleted);
        found.SetResult();
        Assert.Equal(2, await job);
    }

    [Fact]
    public async Task What_flows_with_the_caller_flows_to_the_device()
    {
        var local = new AsyncLocal<string> { Value = "scope" };
        Assert.Equal("scope", await worker.RunAsync("anna", _ => local.Value, TestContext.Current.CancellationToken));
    }

    /// <summary>Keeps the device busy until it lets go.</summary>
    private sealed class Hold : IDisposable
    {
        private readonly ManualResetEventSlim gate = new();
        private readonly Task<bool> busy;

        public Hold(DeviceWorker worker)
        {
            using var started = new ManualResetEventSlim();
            busy = worker.RunAsync(
                "holder",
                token =>
                {
                    started.Set();
                    gate.Wait(token);
                    return true;
                },
                TestContext.Current.CancellationToken
            );
            started.Wait(TestContext.Current.CancellationToken);
        }

        public void LetGo() => gate.Set();

        public void Dispose()
        {
            gate.Set();
            busy.Wait(TestContext.Current.CancellationToken);
            gate.Dispose();
        }
    }
}
