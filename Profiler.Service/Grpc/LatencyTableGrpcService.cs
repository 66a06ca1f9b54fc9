using FasterSeg.Operators;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using SearchSpace = FasterSeg.Operators.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>The finished tables' half of the contract.</summary>
public sealed class LatencyTableGrpcService(
    TableStore store, IEngine engine, OptionsReader optionsReader, TableRefresher refresher, JobStore jobs, IHostApplicationLifetime lifetime) : LatencyTableService.LatencyTableServiceBase
{
    /// <summary>Largest chunk of a table, bytes.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <inheritdoc/>
    public override Task<ListTablesResponse> ListTables(ListTablesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListTablesResponse { Tables = { store.List().Select(known => known.ToMessage()) } });

    /// <inheritdoc/>
    public override async Task GetTable(
        GetTableRequest request, IServerStreamWriter<GetTableResponse> responseStream, ServerCallContext context)
    {
        ReadOnlyMemory<byte> json = store.Json(request.Id) ?? throw Unknown(request.Id);
        for (int offset = 0; offset < json.Length; offset += ChunkBytes)
        {
            ReadOnlyMemory<byte> chunk = json.Slice(offset, Math.Min(ChunkBytes, json.Length - offset));
            await responseStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task WatchTable(
        WatchTableRequest request, IServerStreamWriter<WatchTableResponse> responseStream, ServerCallContext context)
    {
        var faults = new RequestFaults();
        SearchSpace space = SpaceMapping.Read(request.Space, "space", faults);
        MeasurementSettings settings = optionsReader.Read(request.Options, "options", MeasurementSettings.DefaultOperatorSeconds, faults);
        faults.ThrowIfAny();
        // A watcher would otherwise keep a stopping service for as long as it may.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        await foreach (KnownTable known in store.WatchAsync(space, engine.Identity(settings), end.Token))
            await responseStream.WriteAsync(new() { Table = known.ToMessage() }, end.Token);
    }

    /// <inheritdoc/>
    public override async Task RefreshTable(
        RefreshTableRequest request, IServerStreamWriter<RefreshTableResponse> responseStream, ServerCallContext context)
    {
        if (!(request.Share is > 0 and <= 1))
            throw RequestFaults.Refusal("share", FormattableString.Invariant($"The share {request.Share} is out of range: use one above 0 and up to 1."));
        StoredTable stored = store.Find(request.Id) ?? throw Unknown(request.Id);
        MeasurementSettings settings = Settings(stored);
        IReadOnlyList<LatencyEntry> chosen = TableRefresher.Choose(stored.Table, request.Share, request.Seed);
        var again = new List<LatencyEntry>();
        foreach (LatencyEntry before in chosen)
        {
            LatencyEntry now = await refresher.MeasureAsync(before, settings, context.CancellationToken);
            again.Add(now);
            await responseStream.WriteAsync(new()
            {
                Done = again.Count,
                Total = chosen.Count,
                Key = now.Spec.ToString(),
                BeforeMs = before.MedianMs,
                Statistics = now.StatisticsMessage(),
                Failure = now.Failure ?? "",
            }, context.CancellationToken);
        }
        StoredTable next = store.Save(refresher.Merge(stored.Table, again));
        jobs.AddFinished(next.Table.Space!, settings, next);
        ComparedEntry[] pairs = [.. chosen.Zip(again).Where(pair => pair.Second.Failure is null).Select(pair => new ComparedEntry(pair.First.Spec, pair.First, pair.Second))];
        await responseStream.WriteAsync(new()
        {
            Done = again.Count,
            Total = chosen.Count,
            TableId = next.Id,
            MedianRatio = pairs.Length == 0 ? 0 : SampleStatistics.Of([.. pairs.Select(pair => pair.Ratio)]).Median.Median,
            OutsideInterval = pairs.Length == 0 ? 0 : pairs.Average(pair => IsOutside(pair.First, pair.Second.MedianMs) ? 1.0 : 0),
        }, context.CancellationToken);
    }

    private static bool IsOutside(LatencyEntry before, double medianMs) =>
        before.Spread is { } spread && (medianMs < spread.ConfidenceLowMs || medianMs > spread.ConfidenceHighMs);

    private MeasurementSettings Settings(StoredTable stored)
    {
        try
        {
            return refresher.SettingsOf(stored);
        }
        catch (UserErrorException fault)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, fault.Message));
        }
    }

    private static RpcException Unknown(string id) => new(new Status(StatusCode.NotFound,
        $"This profiler has no table '{id}': list its tables, or have it build one."));
}
