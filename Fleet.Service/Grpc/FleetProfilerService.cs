using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>The profiler's contract, for a pool.</summary>
internal sealed class FleetProfilerService(
    IFleetStore store,
    PoolSelection pools,
    FleetJobs jobs,
    JobWatch watch,
    JobPauses pauses,
    IGrainFactory grains
) : ProfilerService.ProfilerServiceBase
{
    /// <inheritdoc/>
    public override async Task<GetDeviceResponse> GetDevice(GetDeviceRequest request, ServerCallContext context)
    {
        SelectedPool pool = await pools.OfAsync(context);
        Device device = pool.Reference.Device.Clone();
        int devices = await store.CountDevicesAsync(pool.Row.Id);
        int ready = await grains.GetGrain<IPool>(pool.Row.Id).ReadyAsync();
        device.Environment["fleet_pool"] = $"{pool.Row.Name} ({pool.Row.Id})";
        device.Environment["fleet_devices"] = FormattableString.Invariant($"{devices}, {ready} of them ready");
        device.Environment["fleet_reference"] = pool.Row.Reference!;
        return new() { Device = device };
    }

    /// <inheritdoc/>
    public override async Task BuildTable(
        BuildTableRequest request,
        IServerStreamWriter<BuildTableResponse> responseStream,
        ServerCallContext context
    )
    {
        SelectedPool pool = await pools.OfAsync(context);
        (SearchSpace space, MeasurementSettings settings) = pool.Read(request.Space, request.Options);
        if (await jobs.FinishedAsync(pool, request, space, settings) is { } finished)
        {
            await responseStream.WriteAsync(finished.EndMessage(job: "", finished.Entries, finished.Entries));
            return;
        }
        string job = await jobs.StartAsync(pool, space, settings, context.Client(), FleetJobs.PriorityOf(context), request.Anew);
        await SendAsync(job, responseStream, context);
    }

    /// <inheritdoc/>
    public override async Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        SelectedPool pool = await pools.OfAsync(context);
        Page page = Page.Of(request.PageSize, request.PageToken, ProfilerGrpcService.MostListed);
        if (page.Token.Length > 0 && await store.JobAsync(page.Token) is null)
            throw Page.Unknown(page.Token);
        IReadOnlyList<JobRow> listed = await store.JobsAsync(pool.Row.Id, page.Token.Length > 0 ? page.Token : null, page.Size);
        var response = new ListJobsResponse { NextPageToken = page.Next(listed.Count, () => listed[^1].Id) };
        foreach (JobRow row in listed)
        {
            Job job = await DescribeAsync(row, pool, context);
            if (page.IsAsked)
                (job.Space, job.Identity) = (null, null);
            response.Jobs.Add(job);
        }
        return response;
    }

    /// <inheritdoc/>
    public override async Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context)
    {
        JobRow job = await JobAsync(request.Id);
        // The job's own, whatever the call names.
        return new() { Job = await DescribeAsync(job, await pools.OfAsync(job.Job.Pool), context) };
    }

    /// <inheritdoc/>
    public override async Task WatchJob(
        WatchJobRequest request,
        IServerStreamWriter<BuildTableResponse> responseStream,
        ServerCallContext context
    )
    {
        JobRow job = await JobAsync(request.Id);
        // A network's result is no entry of a table.
        if (job.Job.Kind == JobKind.Model)
            throw new RpcException(
                new Status(StatusCode.FailedPrecondition, $"Job '{job.Id}' measures a network: its result goes to whoever asked for it.")
            );
        await SendAsync(job.Id, responseStream, context);
    }

    /// <inheritdoc/>
    public override async Task<CancelJobResponse> CancelJob(CancelJobRequest request, ServerCallContext context)
    {
        JobRow job = await JobAsync(request.Id);
        if (!job.IsOf(context))
            throw JobRefusals.NotYours(job.Id);
        if (!await jobs.EndAsync(job, FleetJobState.Cancelled, ""))
            throw JobRefusals.NotRunning(job.Id, job.State);
        return new();
    }

    /// <inheritdoc/>
    public override async Task MeasureOperators(
        MeasureOperatorsRequest request,
        IServerStreamWriter<MeasureOperatorsResponse> responseStream,
        ServerCallContext context
    )
    {
        SelectedPool pool = await pools.OfAsync(context);
        var faults = new RequestFaults();
        IReadOnlyList<OperatorSpec> specs = OperatorKeys.Read(request.Keys, ProfilerGrpcService.MostKeys, faults);
        MeasurementSettings settings = pool.Settings(request.Options, faults);
        faults.ThrowIfAny();
        Identity identity = DeviceHello.IdentityOf(pool.Reference, settings).ToMessage();
        foreach (OperatorSpec defined in specs.Where(spec => spec.IsZeroByDefinition))
            await responseStream.WriteAsync(LatencyEntry.Defined(defined).ToResponse(identity));
        string[] keys = [.. specs.Where(spec => !spec.IsZeroByDefinition).Select(spec => spec.ToString()).Distinct()];
        if (keys.Length == 0)
            return;
        await foreach ((ItemRow item, string? loaded) in jobs.MeasureAsync(pool, keys, settings, context))
        {
            MeasureOperatorsResponse response = item.ToEntry().ToResponse(identity);
            response.Loaded = loaded ?? "";
            if (request.WithSamples)
                response.Samples.Add(item.Samples.Select(bytes => ScaledSamples(bytes, item.Factor)));
            await responseStream.WriteAsync(response);
        }
    }

    /// <inheritdoc/>
    public override async Task<MeasureModelResponse> MeasureModel(
        IAsyncStreamReader<MeasureModelRequest> requestStream,
        ServerCallContext context
    ) => await jobs.MeasureModelAsync(await pools.OfAsync(context), requestStream, context);

    /// <inheritdoc/>
    public override async Task<GetSamplesResponse> GetSamples(GetSamplesRequest request, ServerCallContext context)
    {
        JobRow job = await JobAsync(request.JobId);
        OperatorSpec spec = OperatorKeys.Read(request.Key);
        if (await store.ItemAsync(job.Id, spec.ToString()) is not { Samples.Count: > 0 } item)
            throw JobRefusals.NoSamples(job.Id, spec);
        return new() { Sessions = { item.Samples.Select(bytes => ScaledSamples(bytes, item.Factor)) } };
    }

    private static SessionSamples ScaledSamples(byte[] bytes, double factor) =>
        new() { SamplesMs = { SampleBytes.Read(bytes).Select(sample => sample / factor) } };

    private async Task SendAsync(string job, IServerStreamWriter<BuildTableResponse> stream, ServerCallContext context)
    {
        string pool = (await JobAsync(job)).Job.Pool;
        string? paused = null;
        bool isFirst = true;
        await foreach (JobNews news in watch.FollowAsync(job, context.CancellationToken))
        {
            TableRow? table = news.TableId is { } id ? (await store.TableAsync(id))?.Row : null;
            string? before = paused;
            paused = table is null && news.Entries.Count == 0 ? await pauses.OfAsync(pool, job) : null;
            if (!isFirst && table is null && news.Entries.Count == 0 && paused == before)
                continue;
            isFirst = false;
            foreach (BuildTableResponse message in news.ToMessages(job, table))
            {
                message.Paused = paused ?? "";
                await stream.WriteAsync(message, context.CancellationToken);
            }
        }
    }

    private async Task<JobRow> JobAsync(string id) => await store.JobAsync(id) ?? throw JobWatch.Unknown(id);

    private async Task<Job> DescribeAsync(JobRow row, SelectedPool pool, ServerCallContext context)
    {
        JobLoad load = await store.LoadAsync(row.Id) ?? new(row, 0, 0, 0);
        return load.ToMessage(pool.Reference, row.IsOf(context));
    }
}
