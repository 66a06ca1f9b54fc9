using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>The finished tables' half of the contract, for a pool.</summary>
internal sealed class FleetTableService(IFleetStore store, PoolSelection pools, FleetJobs jobs, JobWatch watch, TimeProvider time)
    : LatencyTableService.LatencyTableServiceBase
{
    private static readonly TimeSpan Looking = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override async Task<ListTablesResponse> ListTables(ListTablesRequest request, ServerCallContext context)
    {
        SelectedPool pool = await pools.OfAsync(context);
        Page page = Page.Of(request.PageSize, request.PageToken, LatencyTableGrpcService.MostListed);
        IReadOnlyList<TableRow> listed = await store.TablesAsync(pool.Row.Id, page.Token.Length > 0 ? page.Token : null, page.Size)
            ?? throw Page.Unknown(page.Token);
        var response = new ListTablesResponse { NextPageToken = page.Next(listed.Count, () => listed[^1].Id) };
        foreach (TableRow row in listed)
        {
            TableSummary table = row.ToMessage();
            if (page.IsAsked)
                table.Space = null;
            response.Tables.Add(table);
        }
        return response;
    }

    /// <inheritdoc/>
    public override async Task GetTable(
        GetTableRequest request,
        IServerStreamWriter<GetTableResponse> responseStream,
        ServerCallContext context
    )
    {
        (_, byte[] json) = await TableAsync(request.Id);
        await TableChunks.SendAsync(json, responseStream, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task WatchTable(
        WatchTableRequest request,
        IServerStreamWriter<WatchTableResponse> responseStream,
        ServerCallContext context
    )
    {
        SelectedPool pool = await pools.OfAsync(context);
        (SearchSpace space, MeasurementSettings settings) = pool.Read(request.Space, request.Options);
        TableIdentity identity = DeviceHello.IdentityOf(pool.Reference, settings);
        string? told = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            // Whatever node made it: the store alone knows.
            if (await store.NewestAsync(pool.Row.Id, space, identity, context.CancellationToken) is { } newest && newest.Id != told)
            {
                told = newest.Id;
                await responseStream.WriteAsync(new() { Table = newest.ToMessage() }, context.CancellationToken);
            }
            await Task.Delay(Looking, time, context.CancellationToken);
        }
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
        (TableRow row, byte[] json) = await TableAsync(request.Id);
        SelectedPool pool = await pools.OfAsync(row.Pool);
        LatencyTable before = LatencyTableJson.Parse(json, $"table {row.Id}");
        MeasurementSettings settings = await SettingsAsync(row, before, pool);
        string[] keys = [.. TableRefresher.Choose(before, request.Share, request.Seed).Select(entry => entry.Spec.ToString())];
        string job = await jobs.RefreshAsync(pool, row.Id, before.Space!, settings, keys, context.Client());
        var told = new HashSet<int>();
        var compared = new RefreshComparison(before);
        await foreach (JobNews news in watch.FollowAsync(job, context.CancellationToken))
        {
            foreach (KeptEntry kept in news.Entries.Where(each => told.Add(each.Position)))
                await responseStream.WriteAsync(compared.Add(kept.ToEntry(), news.Total), context.CancellationToken);
            if (news.TableId is { } id)
                await responseStream.WriteAsync(
                    compared.End((await TableAsync(id)).Row, await store.ItemsAsync(job)),
                    context.CancellationToken
                );
        }
    }

    private async Task<MeasurementSettings> SettingsAsync(TableRow row, LatencyTable table, SelectedPool pool)
    {
        JobRow? job = await store.JobOfTableAsync(row.Id);
        if (job is null || table.Space is null)
            throw Failed($"Table '{row.Id}' was not built here, so nobody knows its settings: build one with BuildTable.");
        return table.Identity.DifferenceFrom(DeviceHello.IdentityOf(pool.Reference, job.Job.Settings)) is { } difference
            ? throw Failed($"Table '{row.Id}' cannot be refreshed here: {difference}.")
            : job.Job.Settings;
    }

    private async Task<(TableRow Row, byte[] Json)> TableAsync(string id) =>
        await store.TableAsync(id)
        ?? throw new RpcException(
            new Status(
                StatusCode.NotFound,
                $"This fleet has no table '{StatusText.Shortened(id, StatusText.LongestName)}': list its tables, or have it build one."
            )
        );

    private static RpcException Failed(string sentence) => new(new Status(StatusCode.FailedPrecondition, sentence));
}
