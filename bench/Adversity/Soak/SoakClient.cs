using System.Net.Sockets;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>One client that does things at random, one after the other, each with the outcomes that it may have.</summary>
/// <param name="address">The profiler.</param>
/// <param name="seed">Decides what it does.</param>
/// <param name="jobs">Ids of jobs that the clients have in common.</param>
/// <param name="tables">Ids of tables that the clients have in common.</param>
/// <param name="tally">Notes how each call ended.</param>
internal sealed class SoakClient(Uri address, int seed, Known jobs, Known tables, Tally tally) : IDisposable
{
    // Only against a profiler that hangs: on one busy core a small table takes some seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly StatusCode[] Ok = [StatusCode.OK],
        Refused = [StatusCode.InvalidArgument],
        Missing = [StatusCode.NotFound];

    private readonly Random random = new(seed);
    private readonly Known measured = new();
    private GrpcChannel channel = GrpcChannel.ForAddress(address);

    private ProfilerService.ProfilerServiceClient Profiler => new(channel);

    private LatencyTableService.LatencyTableServiceClient Tables => new(channel);

    /// <summary>Does things until it is told to stop.</summary>
    /// <param name="isCalm">While it says so, nothing is done that ends a measurement in its middle, and with it the worker.</param>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(Func<bool> isCalm, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await OnceAsync(isCalm(), stop);
            await Task.Delay(random.Next(200), CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();

    private Task OnceAsync(bool isCalm, CancellationToken stop) =>
        random.Next(isCalm ? 17 : 24) switch
        {
            0 or 1 => BuildAsync(stop),
            2 => RefreshAsync(int.MaxValue, stop),
            3 => WatchJobAsync(stop),
            4 => WatchTableAsync(stop),
            5 or 6 => OperatorsAsync(int.MaxValue, stop),
            7 => BadOperatorsAsync(stop),
            8 => ModelAsync(stop),
            9 => BadModelAsync(stop),
            10 => HalfAnUploadAsync(stop),
            11 => NoisyConnectionAsync(stop),
            12 => BadReadAsync(stop),
            13 => ReconnectAsync(),
            14 or 15 or 16 => ReadAsync(stop),
            17 or 18 => LeaveBuildAsync(stop),
            19 or 20 => CancelBuildAsync(stop),
            21 => RefreshAsync(random.Next(3), stop),
            22 => OperatorsAsync(random.Next(2), stop),
            _ => ReadAsync(stop),
        };

    private Task BuildAsync(CancellationToken stop) =>
        tally.RunAsync(
            "build",
            [StatusCode.OK, StatusCode.Aborted],
            async () =>
            {
                using var call = Profiler.BuildTable(Requests.Build(random), Options(stop));
                await foreach (BuildTableResponse news in call.ResponseStream.ReadAllAsync(stop))
                    Note(news);
            },
            stop
        );

    private Task LeaveBuildAsync(CancellationToken stop) =>
        LeavingAsync(
            "build, hang up",
            [StatusCode.OK, StatusCode.Aborted],
            random.Next(20),
            options => Profiler.BuildTable(Requests.Build(random), options).ResponseStream,
            Note,
            stop
        );

    private Task CancelBuildAsync(CancellationToken stop) =>
        tally.RunAsync(
            "build, cancel",
            [StatusCode.OK, StatusCode.Aborted],
            async () =>
            {
                int patience = random.Next(20);
                using var call = Profiler.BuildTable(Requests.Build(random), Options(stop));
                await foreach (BuildTableResponse news in call.ResponseStream.ReadAllAsync(stop))
                {
                    Note(news);
                    if (patience-- != 0 || news.JobId.Length == 0)
                        continue;
                    await tally.RunAsync(
                        "cancel",
                        [StatusCode.OK, StatusCode.FailedPrecondition],
                        async () => await Profiler.CancelJobAsync(new CancelJobRequest { Id = news.JobId }, Options(stop)),
                        stop
                    );
                }
            },
            stop
        );

    private Task RefreshAsync(int patience, CancellationToken stop)
    {
        if (tables.Any(random) is not { } id)
            return ReadAsync(stop);
        var request = new RefreshTableRequest
        {
            Id = id,
            Share = 0.02 + (random.NextDouble() / 10),
            Seed = (ulong)random.Next(100),
        };
        return LeavingAsync(
            patience == int.MaxValue ? "refresh" : "refresh, hang up",
            Ok,
            patience,
            options => Tables.RefreshTable(request, options).ResponseStream,
            news => tables.Add(news.TableId),
            stop
        );
    }

    private Task WatchJobAsync(CancellationToken stop) =>
        jobs.Any(random) is not { } id
            ? ReadAsync(stop)
            : LeavingAsync(
                "watch job",
                [StatusCode.OK, StatusCode.Aborted],
                random.Next(100),
                options => Profiler.WatchJob(new WatchJobRequest { Id = id }, options).ResponseStream,
                Note,
                stop
            );

    private Task WatchTableAsync(CancellationToken stop) =>
        LeavingAsync(
            "watch table",
            Ok,
            random.Next(3),
            options =>
                Tables
                    .WatchTable(new WatchTableRequest { Space = Requests.Space(random), Options = Requests.Rough(random) }, options)
                    .ResponseStream,
            news => tables.Add(news.Table.Id),
            stop,
            random.Next(100, 4000)
        );

    private Task OperatorsAsync(int patience, CancellationToken stop) =>
        LeavingAsync(
            patience == int.MaxValue ? "operators" : "operators, hang up",
            Ok,
            patience,
            options => Profiler.MeasureOperators(Requests.Operators(random), options).ResponseStream,
            news =>
            {
                if (news.Failure.Length > 0)
                    throw new InvalidOperationException($"{news.Key} failed: {news.Failure}");
            },
            stop
        );

    private Task BadOperatorsAsync(CancellationToken stop) =>
        LeavingAsync(
            "bad operators",
            Refused,
            int.MaxValue,
            options => Profiler.MeasureOperators(Requests.BadOperators(random), options).ResponseStream,
            _ => { },
            stop
        );

    private Task ModelAsync(CancellationToken stop) =>
        tally.RunAsync("model", Ok, () => UploadAsync(Requests.Model(random), 1, stop), stop);

    private Task BadModelAsync(CancellationToken stop) =>
        tally.RunAsync("bad model", Refused, () => UploadAsync(Requests.BadModel(random), 1, stop), stop);

    private async Task HalfAnUploadAsync(CancellationToken stop)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await tally.RunAsync(
            "half an upload",
            Ok,
            async () =>
            {
                await UploadAsync(Requests.Model(random), random.NextDouble(), leaving.Token, () => leaving.Cancel());
            },
            leaving.Token
        );
    }

    private Task ReadAsync(CancellationToken stop) =>
        random.Next(8) switch
        {
            0 => tally.RunAsync(
                "list tables",
                Ok,
                async () =>
                {
                    foreach (TableSummary table in (await Tables.ListTablesAsync(new ListTablesRequest(), Options(stop))).Tables.Take(5))
                        tables.Add(table.Id);
                },
                stop
            ),
            1 => tally.RunAsync("list jobs", Ok, async () => await Profiler.ListJobsAsync(new ListJobsRequest(), Options(stop)), stop),
            2 when jobs.Any(random) is { } id => tally.RunAsync(
                "get job",
                Ok,
                async () => await Profiler.GetJobAsync(new GetJobRequest { Id = id }, Options(stop)),
                stop
            ),
            3 => tally.RunAsync("device", Ok, async () => await Profiler.GetDeviceAsync(new GetDeviceRequest(), Options(stop)), stop),
            4 => tally.RunAsync(
                "health",
                Ok,
                async () => await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), Options(stop)),
                stop
            ),
            5 when measured.Any(random)?.Split('|') is [var job, var key] => tally.RunAsync(
                "samples",
                [StatusCode.OK, StatusCode.NotFound],
                async () => await Profiler.GetSamplesAsync(new GetSamplesRequest { JobId = job, Key = key }, Options(stop)),
                stop
            ),
            _ when tables.Any(random) is { } id => LeavingAsync(
                "get table",
                Ok,
                int.MaxValue,
                options => Tables.GetTable(new GetTableRequest { Id = id }, options).ResponseStream,
                _ => { },
                stop
            ),
            _ => Task.CompletedTask,
        };

    private Task BadReadAsync(CancellationToken stop) =>
        random.Next(5) switch
        {
            0 => LeavingAsync(
                "bad read",
                Missing,
                int.MaxValue,
                options => Tables.GetTable(new GetTableRequest { Id = "'; DROP TABLE job" }, options).ResponseStream,
                _ => { },
                stop
            ),
            1 => tally.RunAsync(
                "bad read",
                Missing,
                async () => await Profiler.GetJobAsync(new GetJobRequest { Id = "\0" }, Options(stop)),
                stop
            ),
            2 => tally.RunAsync(
                "bad read",
                Missing,
                async () => await Profiler.CancelJobAsync(new CancelJobRequest(), Options(stop)),
                stop
            ),
            3 => LeavingAsync(
                "bad read",
                Refused,
                int.MaxValue,
                options => Tables.RefreshTable(new RefreshTableRequest { Id = "x", Share = double.NaN }, options).ResponseStream,
                _ => { },
                stop
            ),
            _ => LeavingAsync(
                "bad read",
                Refused,
                int.MaxValue,
                options =>
                    Profiler
                        .BuildTable(new BuildTableRequest { Space = new SearchSpace { Height = int.MinValue } }, options)
                        .ResponseStream,
                _ => { },
                stop
            ),
        };

    private Task ReconnectAsync()
    {
        channel.Dispose();
        channel = GrpcChannel.ForAddress(address);
        return Task.CompletedTask;
    }

    /// <summary>Something that speaks no HTTP/2, or half of it, and goes.</summary>
    private Task NoisyConnectionAsync(CancellationToken stop) =>
        tally.RunAsync(
            "noisy connection",
            Ok,
            async () =>
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(address.Host, address.Port, stop);
                byte[] bytes = new byte[random.Next(2000)];
                random.NextBytes(bytes);
                if (random.Next(2) == 0)
                    bytes = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. bytes];
                try
                {
                    await socket.GetStream().WriteAsync(bytes, stop);
                }
                catch (IOException)
                {
                    // It closed the connection first.
                }
            },
            stop
        );

    private async Task UploadAsync(byte[] model, double share, CancellationToken token, Action? leave = null)
    {
        using var call = Profiler.MeasureModel(Options(token));
        try
        {
            await call.RequestStream.WriteAsync(
                new MeasureModelRequest
                {
                    Options = new MeasureModelOptions { Measurement = Requests.Rough(random), Name = "soak" },
                },
                token
            );
            for (int at = 0; at < model.Length * share; at += 100_000)
                await call.RequestStream.WriteAsync(
                    new MeasureModelRequest { Chunk = ByteString.CopyFrom(model.AsSpan(at, Math.Min(100_000, model.Length - at))) },
                    token
                );
            leave?.Invoke();
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception early) when (early is RpcException or InvalidOperationException && !token.IsCancellationRequested)
        {
            // It refused before the upload's end: its answer says why.
        }
        await call.ResponseAsync;
    }

    /// <summary>Reads a stream, and hangs up after some messages or some time.</summary>
    private async Task LeavingAsync<T>(
        string action,
        IReadOnlyCollection<StatusCode> meant,
        int patience,
        Func<CallOptions, IAsyncStreamReader<T>> call,
        Action<T> read,
        CancellationToken stop,
        int milliseconds = Timeout.Infinite
    )
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        leaving.CancelAfter(milliseconds);
        await tally.RunAsync(
            action,
            meant,
            async () =>
            {
                IAsyncStreamReader<T> stream = call(Options(leaving.Token));
                await foreach (T news in stream.ReadAllAsync(leaving.Token))
                {
                    read(news);
                    if (patience-- == 0)
                        await leaving.CancelAsync();
                }
            },
            leaving.Token
        );
    }

    private void Note(BuildTableResponse news)
    {
        jobs.Add(news.JobId);
        tables.Add(news.TableId);
        if (news.Key.Length > 0 && random.Next(10) == 0)
            measured.Add($"{news.JobId}|{news.Key}");
        if (news.Key.Length > 0 && news.Failure.Length > 0)
            throw new InvalidOperationException($"{news.Key} failed: {news.Failure}");
    }

    private static CallOptions Options(CancellationToken token) => new(deadline: DateTime.UtcNow + Longest, cancellationToken: token);
}
