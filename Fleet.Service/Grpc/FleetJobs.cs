using System.Runtime.CompilerServices;
using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Makes jobs of what clients ask for.</summary>
internal sealed class FleetJobs(
    IFleetStore store,
    JobWatch watch,
    JobPauses pauses,
    JobLoads loads,
    IGrainFactory grains,
    FleetLimits limits,
    TimeProvider time
)
{
    private const string PriorityHeader = "fasterseg-priority";

    /// <summary>The priority that a call asks for; 0 where it does not. Only operators get more.</summary>
    public static int PriorityOf(ServerCallContext context) =>
        int.TryParse(context.RequestHeaders.GetValue(PriorityHeader), out int priority)
            ? Math.Clamp(priority, -8, context.IsOperator() ? 8 : 0)
            : 0;

    /// <summary>The table that answers a request at once; null where none does.</summary>
    public async Task<TableRow?> FinishedAsync(
        SelectedPool pool,
        BuildTableRequest request,
        FasterSeg.Latency.Spaces.SearchSpace space,
        MeasurementSettings settings
    )
    {
        // Who lost its connection gets the table that it has waited for, whatever it is like.
        if (
            request.JobId.Length > 0
            && await store.JobAsync(request.JobId) is { TableId: { } own } job
            && job.Job.Pool == pool.Row.Id
            && await store.TableAsync(own) is { } table
        )
            return table.Row;
        return request.Reuse ? await store.NewestAsync(pool.Row.Id, space, DeviceHello.IdentityOf(pool.Reference, settings)) : null;
    }

    /// <summary>The running job for this space and these settings; else the one that ended before its table was finished, which goes on,
    /// or begins anew; else a new one.</summary>
    /// <exception cref="QueueFullException">It would be a new one, and this client has as many as it may.</exception>
    public async Task<string> StartAsync(
        SelectedPool pool,
        FasterSeg.Latency.Spaces.SearchSpace space,
        MeasurementSettings settings,
        string client,
        int priority,
        bool anew
    )
    {
        if (await store.ResumeAsync(pool.Row.Id, space, settings, anew) is { } resumed)
            return await BegunAsync(resumed);
        await RequireRoomAsync(pool, client);
        IReadOnlyList<OperatorSpec> order = OrderOf(space, settings.Seed);
        var job = new NewJob(pool.Row.Id, JobKind.Table, space, settings, client, priority);
        return await BegunAsync((await store.AddJobAsync(job, [.. order.Select(spec => spec.ToString())])).Job);
    }

    /// <summary>The order of a table's items: first those that cards are compared on, which the reference is the first to take; then a
    /// random one, so that each stint has something of everything.</summary>
    public static IReadOnlyList<OperatorSpec> OrderOf(FasterSeg.Latency.Spaces.SearchSpace space, ulong seed)
    {
        IReadOnlyList<OperatorSpec> first = CalibrationPlan.Of(space, CalibrationPlan.Most);
        return [.. first, .. TableBuilder.OrderOf(0, OperatorWork.Of(space).ToMeasure, seed).Except(first)];
    }

    /// <summary>Measures a share of a table's operators again, as a job.</summary>
    public async Task<string> RefreshAsync(
        SelectedPool pool,
        string table,
        FasterSeg.Latency.Spaces.SearchSpace space,
        MeasurementSettings settings,
        IReadOnlyList<string> keys,
        string client
    )
    {
        await RequireRoomAsync(pool, client);
        var job = new NewJob(pool.Row.Id, JobKind.Refresh, space, settings, client, Source: table);
        return await BegunAsync((await store.AddJobAsync(job, keys)).Job);
    }

    /// <summary>Measures operators for their own sake; each as it comes. It ends with its caller.</summary>
    /// <returns>The items; with the last one why all were measured on loaded devices, null where they were not.</returns>
    public async IAsyncEnumerable<(ItemRow Item, string? Loaded)> MeasureAsync(
        SelectedPool pool,
        IReadOnlyList<string> keys,
        MeasurementSettings settings,
        ServerCallContext context
    )
    {
        await RequireRoomAsync(pool, context.Client());
        var asked = new NewJob(pool.Row.Id, JobKind.Operators, null, settings, context.Client(), PriorityOf(context));
        JobRow job = (await store.AddJobAsync(asked, keys)).Job;
        try
        {
            await BegunAsync(job);
            var told = new HashSet<int>();
            await foreach (JobNews news in FollowAsync(job, context.CancellationToken))
            {
                // The last one waits for the job's end.
                foreach (KeptEntry kept in news.Entries.Where(entry => told.Count < keys.Count - 1 && told.Add(entry.Position)))
                    yield return (await store.ItemAsync(job.Id, keys[kept.Position]) ?? throw JobWatch.Unknown(job.Id), null);
            }
            string? loaded = await loads.ReasonAsync(job.Id, context.CancellationToken);
            // And news that were lost with a node.
            foreach (ItemRow item in (await store.ItemsAsync(job.Id, withSamples: true)).Where(item => told.Add(item.Position)))
                yield return (item, told.Count == keys.Count ? loaded : null);
        }
        finally
        {
            await EndAsync(job, FleetJobState.Cancelled, "");
        }
    }

    /// <summary>Measures an uploaded network on one of the pool's devices, on the reference's scale.</summary>
    public async Task<MeasureModelResponse> MeasureModelAsync(
        SelectedPool pool,
        IAsyncStreamReader<MeasureModelRequest> stream,
        ServerCallContext context
    )
    {
        ModelUpload upload = await ModelUpload.ReceiveAsync(stream, limits.UploadBytes, context.CancellationToken);
        var faults = new RequestFaults();
        MeasurementOptions options = upload.Options.Measurement ?? new();
        MeasurementSettings settings = new OptionsReader(pool.Offer).Read(
            options,
            "options.measurement",
            MeasurementSettings.DefaultModelSeconds,
            faults
        );
        faults.ThrowIfAny();
        await RequireRoomAsync(pool, context.Client());
        MeasureModelOptions sent = upload.Options.Clone();
        sent.Measurement = settings.ToMessage();
        sent.Measurement.BatchSize = options.BatchSize;
        string file = await store.AddFileAsync(StintMessages.WriteFile(sent, upload.Model.Parts));
        try
        {
            var asked = new NewJob(pool.Row.Id, JobKind.Model, null, settings, context.Client(), PriorityOf(context), file);
            JobRow job = (await store.AddJobAsync(asked, ["model"])).Job;
            try
            {
                await BegunAsync(job);
                await foreach (JobNews _ in FollowAsync(job, context.CancellationToken)) { }
                ItemRow item = await store.ItemAsync(job.Id, "model") ?? throw JobWatch.Unknown(job.Id);
                return ModelMessages.Read(item, pool);
            }
            finally
            {
                await EndAsync(job, FleetJobState.Cancelled, "");
            }
        }
        finally
        {
            await store.DropFileAsync(file);
        }
    }

    /// <summary>Ends a job that is running, and takes it from the devices.</summary>
    /// <returns>False where it was not running.</returns>
    public async Task<bool> EndAsync(JobRow job, FleetJobState state, string message)
    {
        if (!await store.EndAsync(job.Id, state, message))
            return false;
        await grains.GetGrain<IPool>(job.Job.Pool).LookAsync(job.Id);
        await grains.GetGrain<ITableJob>(job.Id).LookAsync();
        return true;
    }

    /// <summary>Follows a job whose caller hears of results alone: where nobody measures for a while, that has to be an answer.</summary>
    /// <exception cref="RpcException">UNAVAILABLE, with the reason.</exception>
    private async IAsyncEnumerable<JobNews> FollowAsync(JobRow job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        DateTimeOffset? since = null;
        await foreach (JobNews news in watch.FollowAsync(job.Id, cancellation))
        {
            yield return news;
            string? reason =
                news.Entries.Count == 0 && news.State == FleetJobState.Running ? await pauses.OfAsync(job.Job.Pool, job.Id) : null;
            since = reason is null ? null : since ?? time.GetUtcNow();
            if (time.GetUtcNow() - since >= limits.Patience)
                throw new RpcException(new Status(StatusCode.Unavailable, $"Nobody measures this at present: {reason}."));
        }
    }

    private async Task<string> BegunAsync(JobRow job)
    {
        await grains.GetGrain<IPool>(job.Job.Pool).LookAsync(ended: null);
        await grains.GetGrain<ITableJob>(job.Id).LookAsync();
        return job.Id;
    }

    private async Task RequireRoomAsync(SelectedPool pool, string client)
    {
        int running = (await store.RunningAsync(pool.Row.Id)).Count(load => load.Row.Job.Owner == client);
        if (running >= limits.Waiting)
            throw new QueueFullException($"{running} jobs of this client are running already: wait for one of them, or cancel one.");
    }
}
