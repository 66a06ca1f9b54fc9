using System.Net;
using System.Net.Sockets;
using FasterSeg.Latency.Tables;
using Xunit;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>A living profiler is waited for, however slow; what gives no sign of life is not.</summary>
public sealed class ConnectionPatienceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_profiler_that_has_not_answered_yet_is_waited_for_and_that_is_told()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        var ready = new TaskCompletionSource();
        fake.Ready = ready.Task;
        var lines = new List<string>();
        // It answers only after the line.
        await using ProfilerConnection profiler = await ProfilerConnection.OpenAsync(
            fake.Url,
            line =>
            {
                lines.Add(line);
                ready.SetResult();
            },
            new WaitingFor(() => !fake.Deadlines.IsEmpty),
            Stop
        );
        Assert.Equal([$"The profiler at {fake.Url} is connected but has not answered yet: waiting (Ctrl-C stops)."], lines);
        Assert.Equal("fake", profiler.Device.Name);
    }

    [Fact]
    public async Task A_profiler_that_answers_at_once_is_nothing_to_tell_of()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        await using ProfilerConnection profiler = await ProfilerConnection.OpenAsync(
            fake.Url,
            line => Assert.Fail(line),
            new WaitingFor(() => false),
            Stop
        );
        Assert.Equal("fake", profiler.Device.Name);
    }

    [Fact]
    public async Task Waiting_for_a_first_answer_ends_with_an_interruption()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        var ready = new TaskCompletionSource();
        fake.Ready = ready.Task;
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ProfilerConnection.OpenAsync(fake.Url, _ => interrupted.Cancel(), new ImpatientTime(), interrupted.Token)
        );
        ready.SetResult();
    }

    [Fact]
    public async Task No_call_has_a_deadline()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        fake.Tables["t1"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = (_, stream, _) => stream.WriteAsync(new() { TableId = "t1" });
        fake.OnMeasureOperators = (request, stream) => TableAnswers.OperatorsAsync(request, stream, TestTables.Small, 1);
        fake.OnMeasureModel = _ =>
            Task.FromResult(
                new Protos.Profiler.V1.MeasureModelResponse
                {
                    Statistics = new() { MedianMs = 1 },
                    Identity = new(),
                }
            );
        await using ProfilerConnection profiler = await ProfilerConnection.OpenAsync(fake.Url, Stop);
        await profiler.BuildTableAsync(TestTables.Space, new MeasuringOptions(), seed: 1, cancellationToken: Stop);
        await profiler.MeasureOperatorsAsync([TestTables.Small.Entries[0].Spec], new MeasuringOptions(), seed: 1, progress: null, Stop);
        await profiler.MeasureModelAsync(new byte[1], "x", new MeasuringOptions(), cancellationToken: Stop);
        Assert.Equal(Enumerable.Repeat(DateTime.MaxValue, 4), fake.Deadlines);
    }

    [Theory]
    [InlineData("http"), InlineData("https")]
    public async Task A_port_that_takes_connections_and_says_nothing_is_given_up_with_a_sentence(string scheme)
    {
        // The kernel takes them; nobody ever reads.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string url = $"{scheme}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        TimeSpan second = TimeSpan.FromSeconds(1);
        var fault = await Assert.ThrowsAsync<ProfilerUnreachableException>(() =>
            ProfilerConnection.OpenAsync(
                url,
                new ConnectionPatience(Reach: TimeSpan.FromMinutes(1), Handshake: second, Quiet: second, Silence: second),
                Stop
            )
        );
        Assert.True(
            fault.Message.StartsWith($"What listens at {url} takes connections but gives no sign of life", StringComparison.Ordinal),
            fault.ToString()
        );
    }

    /// <summary>A clock whose timers fire as soon as something is so.</summary>
    private sealed class WaitingFor(Func<bool> isSo) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer? timer = null;
            timer = System.CreateTimer(
                inner =>
                {
                    if (!isSo())
                        return;
                    timer?.Dispose();
                    callback(inner);
                },
                state,
                TimeSpan.FromMilliseconds(10),
                TimeSpan.FromMilliseconds(10)
            );
            return timer;
        }
    }
}
