using FasterSeg.Latency;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>The finished tables' half of the contract.</summary>
public sealed class LatencyTableGrpcService(
    TableStore store,
    IEngine engine,
    OptionsReader optionsReader,
    TableRefresher refresher,
    IHostApplicationLifetime lifetime
) : LatencyTableService.LatencyTableServiceBase
{
    /// <summary>Most tables in an answer: a message of a few hundred kilobytes, however long the profiler has been refreshing its
    /// tables.</summary>
    public const int MostListed = 1000;

    /// <inheritdoc/>
    public override Task<ListTablesResponse> ListTables(ListTablesRequest request, ServerCallContext context)
    {
        Page page = Page.Of(request.PageSize, request.PageToken, MostListed);
        IReadOnlyList<TableHeader> listed =
            page.Token.Length > 0 ? store.ListBehind(page.Token, page.Size) ?? throw Page.Unknown(page.Token) : store.List(page.Size);
        var response = new ListTablesResponse { NextPageToken = page.Next(listed.Count, () => listed[^1].Id) };
        foreach (TableHeader header in listed)
        {
            TableSummary table = header.ToMessage();
            if (page.IsAsked)
                table.Space = null;
            response.Tables.Add(table);
        }
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task GetTable(
        GetTableRequest request,
        IServerStreamWriter<GetTableResponse> responseStream,
        ServerCallContext context
    )
    {
        ReadOnlyMemory<byte> json = store.Json(request.Id) ?? throw Unknown(request.Id);
        await TableChunks.SendAsync(json, responseStream, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task WatchTable(
        WatchTableRequest request,
        IServerStreamWriter<WatchTableResponse> responseStream,
        ServerCallContext context
    )
    {
        var faults = new RequestFaults();
        SearchSpace space = SpaceMapping.Read(request.Space, sentence => faults.Add("space", sentence));
        MeasurementSettings settings = optionsReader.Read(request.Options, "options", MeasurementSettings.DefaultOperatorSeconds, faults);
        faults.ThrowIfAny();
        using CancellationTokenSource end = context.EndWith(lifetime);
        await foreach (TableHeader header in store.WatchAsync(space, engine.Identity(settings), end.Token))
            await responseStream.WriteAsync(new() { Table = header.ToMessage() }, end.Token);
    }

    /// <inheritdoc/>
    public override async Task RefreshTable(
        RefreshTableRequest request,
        IServerStreamWriter<RefreshTableResponse> responseStream,
        ServerCallContext context
    )
    {
        if (!(request.Share is > 0 and <= 1))
            throw RequestFaults.Refusal(
                "share",
                FormattableString.Invariant($"The share {request.Share} is out of range: use one above 0 and up to 1.")
            );
        StoredTable stored = store.Find(request.Id) ?? throw Unknown(request.Id);
        using CancellationTokenSource end = context.EndWith(lifetime);
        try
        {
            await foreach (
                RefreshProgress progress in refresher.RefreshAsync(stored, request.Share, request.Seed, context.Client(), end.Token)
            )
                await responseStream.WriteAsync(progress.ToMessage(), end.Token);
        }
        catch (UserErrorException fault)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, fault.Message));
        }
    }

    private static RpcException Unknown(string id) =>
        new(
            new Status(
                StatusCode.NotFound,
                $"This profiler has no table '{StatusText.Shortened(id, StatusText.LongestName)}': list its tables, or have it build one."
            )
        );
}
