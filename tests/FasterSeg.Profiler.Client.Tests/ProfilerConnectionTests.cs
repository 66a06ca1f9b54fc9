using System.Net;
using System.Net.Sockets;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace FasterSeg.Profiler.Client.Tests;

public sealed class ProfilerConnectionTests : IAsyncLifetime
{
    private readonly ImpatientTime time = new();
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private FakeProfiler fake = null!;

    private CancellationToken Stop => patience.Token;

    public async ValueTask InitializeAsync()
    {
        // No part of a test: only against one that hangs.
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        fake = await FakeProfiler.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        patience.Dispose();
    }

    [Fact]
    public async Task Opening_asks_for_the_device()
    {
        await using ProfilerConnection profiler = await OpenAsync();
        Assert.Equal("fake", profiler.Device.Name);
    }

    [Theory]
    [InlineData("localhost:5151")]
    [InlineData("ftp://host")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task An_address_that_is_no_url_is_wrong_usage(string url) =>
        await Assert.ThrowsAsync<UsageException>(() => ProfilerConnection.OpenAsync(url, Stop));

    [Fact]
    public async Task Nobody_at_the_address_is_told()
    {
        string url = $"http://127.0.0.1:{FreePort()}";
        var fault = await Assert.ThrowsAsync<ProfilerUnreachableException>(() => ProfilerConnection.OpenAsync(url, Stop));
        Assert.StartsWith($"No profiler answers at {url}: start one with", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_is_built_fetched_and_checked()
    {
        BuildTableRequest? asked = null;
        fake.Tables["t1"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = async (request, stream, _) =>
        {
            asked = request;
            await stream.WriteAsync(
                new()
                {
                    JobId = "j",
                    Done = 0,
                    Total = 2,
                }
            );
            await stream.WriteAsync(
                new()
                {
                    JobId = "j",
                    Done = 1,
                    Total = 2,
                    SecondsLeft = 3,
                    Key = "k",
                    Statistics = new() { MedianMs = 0.5 },
                }
            );
            await stream.WriteAsync(
                new()
                {
                    JobId = "j",
                    Done = 2,
                    Total = 2,
                    TableId = "t1",
                }
            );
        };
        var heard = new List<TableProgress>();
        await using ProfilerConnection profiler = await OpenAsync();

        LatencyTable table = await profiler.BuildTableAsync(
            TestTables.Space,
            new MeasuringOptions { Threads = 2 },
            seed: 7,
            heard.Add,
            cancellationToken: Stop
        );

        Assert.Equal(LatencyTableJson.HashOf(TestTables.Small), LatencyTableJson.HashOf(table));
        Assert.Equal([new(0, 2, null, "", null), new(1, 2, TimeSpan.FromSeconds(3), "k", 0.5), new(2, 2, null, "", null)], heard);
        Assert.Equal(
            (64, 2, 7UL, ExecutionProvider.Cpu),
            (asked!.Space.Height, asked.Options.Threads, asked.Options.Seed, asked.Options.Provider)
        );
        Assert.Equal(TestTables.Space.WidthRatios, asked.Space.WidthRatios);
    }

    [Fact]
    public async Task A_table_that_was_edited_on_the_way_is_refused()
    {
        fake.Tables["t1"] = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(LatencyTableJson.Serialize(TestTables.Small)).Replace("0.25", "0.24", StringComparison.Ordinal)
        );
        fake.OnBuildTable = (_, stream, _) => stream.WriteAsync(new() { TableId = "t1" });
        await using ProfilerConnection profiler = await OpenAsync();
        await Assert.ThrowsAsync<UserErrorException>(() => BuildAsync(profiler));
    }

    [Fact]
    public async Task A_broken_stream_is_attached_to_again()
    {
        int calls = 0;
        fake.Tables["t1"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = async (_, stream, context) =>
        {
            calls++;
            await stream.WriteAsync(new() { Done = calls, Total = 9 });
            if (calls == 3)
                context.GetHttpContext().Abort();
            if (calls == 5)
                throw new RpcException(new(StatusCode.Unavailable, "restarting"));
            if (calls == 9)
                await stream.WriteAsync(
                    new()
                    {
                        Done = 9,
                        Total = 9,
                        TableId = "t1",
                    }
                );
        };
        await using ProfilerConnection profiler = await OpenAsync();
        Assert.Equal(3, (await BuildAsync(profiler)).Entries.Count);
        Assert.Equal((9, 8), (calls, time.Pauses));
    }

    [Fact]
    public async Task Who_attaches_again_asks_for_its_own_job_and_does_not_begin_anew()
    {
        var asked = new List<BuildTableRequest>();
        fake.Tables["t1"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = async (request, stream, context) =>
        {
            asked.Add(request);
            await stream.WriteAsync(
                new()
                {
                    JobId = "j1",
                    Done = asked.Count,
                    Total = 2,
                }
            );
            if (asked.Count == 1)
                throw new RpcException(new(StatusCode.Unavailable, "restarting"));
            await stream.WriteAsync(
                new()
                {
                    JobId = "j1",
                    Done = 2,
                    Total = 2,
                    TableId = "t1",
                }
            );
        };
        await using ProfilerConnection profiler = await OpenAsync();
        await profiler.BuildTableAsync(
            TestTables.Space,
            new MeasuringOptions { QuietSeconds = 0 },
            seed: 1,
            anew: true,
            cancellationToken: Stop
        );
        Assert.Equal([(true, false, ""), (false, true, "j1")], asked.Select(each => (each.Anew, each.Reuse, each.JobId)));
        Assert.All(asked, each => Assert.True(each is { HasQuietSeconds: true, QuietSeconds: 0 }));
    }

    [Fact]
    public async Task A_stream_that_breaks_without_news_is_given_up()
    {
        int calls = 0;
        using var heard = new SemaphoreSlim(0);
        fake.OnBuildTable = async (_, stream, context) =>
        {
            calls++;
            await stream.WriteAsync(new() { Done = 4, Total = 9 });
            await heard.WaitAsync(context.CancellationToken);
            context.GetHttpContext().Abort();
        };
        await using ProfilerConnection profiler = await OpenAsync();
        var fault = await Assert.ThrowsAsync<ProfilerUnreachableException>(() =>
            profiler.BuildTableAsync(TestTables.Space, new MeasuringOptions(), seed: 1, _ => heard.Release(), cancellationToken: Stop)
        );
        Assert.Contains("stopped answering after 4 of 9 measurements, and nothing was written", fault.Message, StringComparison.Ordinal);
        Assert.Equal(8, calls);
    }

    [Fact]
    public async Task A_finished_table_whose_fetching_breaks_is_fetched_again()
    {
        int fetched = 0;
        fake.Tables["t1"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = (_, stream, _) =>
            stream.WriteAsync(
                new()
                {
                    Done = 2,
                    Total = 2,
                    TableId = "t1",
                }
            );
        fake.OnGetTable = context =>
        {
            if (++fetched < 3)
                context.GetHttpContext().Abort();
        };
        await using ProfilerConnection profiler = await OpenAsync();
        Assert.Equal(TestTables.Small.Entries, (await BuildAsync(profiler)).Entries);
        Assert.Equal(3, fetched);
    }

    [Fact]
    public async Task A_fleet_that_stops_answering_is_called_one_and_its_job_is_told_to_go_on()
    {
        fake.OnGetDevice = () =>
            new()
            {
                Device = new() { Name = "fake", Environment = { ["fleet_pool"] = "fake (p1)" } },
            };
        fake.OnBuildTable = (_, _, context) =>
        {
            context.GetHttpContext().Abort();
            return Task.CompletedTask;
        };
        await using ProfilerConnection profiler = await OpenAsync();
        var fault = await Assert.ThrowsAsync<ProfilerUnreachableException>(() => BuildAsync(profiler));
        Assert.Equal(
            $"The fleet at {fake.Url} stopped answering, and nothing was written: its job goes on by itself, and the same command attaches "
                + "to it when the fleet answers again.",
            fault.Message
        );
    }

    [Fact]
    public async Task A_failure_of_the_profiler_itself_is_not_tried_again()
    {
        int calls = 0;
        fake.OnBuildTable = (_, _, _) => throw new RpcException(new(StatusCode.Internal, $"call {++calls} failed"));
        await using ProfilerConnection profiler = await OpenAsync();
        var fault = await Assert.ThrowsAsync<UserErrorException>(() => BuildAsync(profiler));
        Assert.EndsWith("(Internal): call 1 failed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_request_reads_as_one_sentence_of_wrong_usage()
    {
        fake.OnBuildTable = (_, _, _) =>
            throw Refusal(("options.threads", "99 threads are too many."), ("space.height", "100 is no multiple of 32."));
        await using ProfilerConnection profiler = await OpenAsync();
        var fault = await Assert.ThrowsAsync<UsageException>(() => BuildAsync(profiler));
        Assert.Equal(
            "The profiler refused the request: 99 threads are too many. (options.threads) 100 is no multiple of 32. (space.height)",
            fault.Message
        );
    }

    [Fact]
    public async Task Cancelling_ends_a_running_build()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        fake.OnBuildTable = async (_, stream, context) =>
        {
            await stream.WriteAsync(new() { Done = 1, Total = 9 });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        await using ProfilerConnection profiler = await OpenAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            profiler.BuildTableAsync(TestTables.Space, new MeasuringOptions(), 1, _ => source.Cancel(), cancellationToken: source.Token)
        );
    }

    [Fact]
    public async Task Operators_missing_from_a_broken_stream_are_asked_for_again()
    {
        OperatorSpec[] specs = [.. TestTables.Small.Entries.Select(entry => entry.Spec)];
        var asked = new List<int>();
        fake.OnMeasureOperators = async (request, stream) =>
        {
            asked.Add(request.Keys.Count);
            await stream.WriteAsync(
                new()
                {
                    Key = request.Keys[0],
                    Defined = request.Keys[0].StartsWith("skip", StringComparison.Ordinal),
                    Statistics = request.Keys[0].StartsWith("conv ", StringComparison.Ordinal)
                        ? new() { MedianMs = 0.5, Samples = 9 }
                        : null,
                    Failure = request.Keys[0].StartsWith("conv_2x", StringComparison.Ordinal) ? "too large" : "",
                    Identity = new() { DeviceName = "fake", Provider = ExecutionProvider.Cpu },
                    Loaded = request.Keys.Count == 2 ? "others were there" : "",
                }
            );
        };
        await using ProfilerConnection profiler = await OpenAsync();
        MeasuredOperators measured = await profiler.MeasureOperatorsAsync(specs, new MeasuringOptions(), 1, null, Stop);

        Assert.Equal([3, 2, 1], asked);
        Assert.Equal(specs, measured.Entries.Select(entry => entry.Spec));
        Assert.Equal([0.5, 0, 0], measured.Entries.Select(entry => entry.MedianMs));
        Assert.Equal([null, "too large", null], measured.Entries.Select(entry => entry.Failure));
        Assert.Equal("others were there", measured.Loaded);
        Assert.Equal(("fake", "cpu", null), (measured.Identity.DeviceName, measured.Identity.Provider, measured.Identity.Driver));
    }

    [Fact]
    public async Task A_model_is_sent_in_chunks_of_a_mebibyte_after_the_options()
    {
        var sizes = new List<int>();
        fake.OnMeasureModel = async stream =>
        {
            await foreach (MeasureModelRequest message in stream.ReadAllAsync(Stop))
                sizes.Add(
                    message.PartCase == MeasureModelRequest.PartOneofCase.Options
                        ? -message.Options.Measurement.Threads
                        : message.Chunk.Length
                );
            return new()
            {
                Statistics = new() { MedianMs = 4, Samples = 30 },
                Placement =
                {
                    new NodePlacement { Provider = "cpu", Nodes = 12 },
                },
                Identity = new() { DeviceName = "fake" },
                BuildMs = 5,
            };
        };
        await using ProfilerConnection profiler = await OpenAsync();
        ModelMeasurement measured = await profiler.MeasureModelAsync(
            new byte[(2 << 20) + 5],
            "x",
            new MeasuringOptions { Threads = 3 },
            cancellationToken: Stop
        );

        Assert.Equal([-3, 1 << 20, 1 << 20, 5], sizes);
        Assert.Equal(
            (4, 250, 12, 5, "fake"),
            (measured.MedianMs, measured.FramesPerSecond, measured.Placement.Nodes["cpu"], measured.BuildMs, measured.Identity.DeviceName)
        );
    }

    [Fact]
    public async Task A_model_refused_before_its_end_gives_the_profilers_reason()
    {
        fake.OnMeasureModel = _ => throw Refusal(("chunk", "The 7 bytes are no whole ONNX file."));
        await using ProfilerConnection profiler = await OpenAsync();
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            profiler.MeasureModelAsync(new byte[20 << 20], "x", new MeasuringOptions(), cancellationToken: Stop)
        );
        Assert.Equal("The 7 bytes are no whole ONNX file.", fault.Message);
    }

    private Task<ProfilerConnection> OpenAsync() => ProfilerConnection.OpenAsync(fake.Url, say: null, time, Stop);

    private Task<LatencyTable> BuildAsync(ProfilerConnection profiler) =>
        profiler.BuildTableAsync(TestTables.Space, new MeasuringOptions(), seed: 1, cancellationToken: Stop);

    private static RpcException Refusal(params (string Field, string Sentence)[] faults)
    {
        var request = new BadRequest();
        foreach ((string field, string sentence) in faults)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = sentence });
        return new Google.Rpc.Status
        {
            Code = (int)Code.InvalidArgument,
            Message = "refused",
            Details = { Any.Pack(request) },
        }.ToRpcException();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
