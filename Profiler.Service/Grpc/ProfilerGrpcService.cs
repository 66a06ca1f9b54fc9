using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>The measuring half of the contract: validates, maps, delegates.</summary>
public sealed class ProfilerGrpcService(
    IEngine engine,
    OptionsReader optionsReader,
    OperatorSessions operators,
    IModelMeasurer models,
    TableJobs jobs,
    JobStore jobStore,
    TableStore store,
    UploadBudget uploads,
    DeviceBudget budget,
    DeviceHealth health,
    CallLimits limits,
    IHostApplicationLifetime lifetime,
    ILogger<ProfilerGrpcService> logger,
    DeviceLoad? load = null
) : ProfilerService.ProfilerServiceBase
{
    /// <summary>
    /// Most jobs in an answer. A profiler remembers them for years, and a list of all of them would cost the more the longer it runs, until
    /// no client takes a message of that size.
    /// </summary>
    public const int MostListed = 200;

    /// <summary>Most operators that a call names.</summary>
    internal const int MostKeys = 10_000;

    /// <inheritdoc/>
    public override Task<GetDeviceResponse> GetDevice(GetDeviceRequest request, ServerCallContext context) =>
        // Every command asks for the device first; a pool that is named in vain must not be measured as if it were the right one.
        context.RequestHeaders.Get(FleetPool.Header)
            is { Value: var pool }
            ? throw RequestFaults.Refusal(
                "pool",
                $"'{pool}' names a pool of a fleet, and this is a profiler of one device: leave --pool out, or name the fleet's address."
            )
            : Task.FromResult(new GetDeviceResponse { Device = engine.DeviceMessage() });

    /// <inheritdoc/>
    public override async Task BuildTable(
        BuildTableRequest request,
        IServerStreamWriter<BuildTableResponse> responseStream,
        ServerCallContext context
    )
    {
        var faults = new RequestFaults();
        SearchSpace space = SpaceMapping.Read(request.Space, sentence => faults.Add("space", sentence));
        MeasurementSettings settings = optionsReader.Read(
            request.Options,
            "options",
            MeasurementSettings.DefaultOperatorSeconds,
            faults
        ) with
        {
            Networks = !request.NoNetworks,
        };
        if (request is { HasQuietSeconds: true, QuietSeconds: var seconds } && !(seconds is >= 0 and <= QuietPatience.MostSeconds))
            faults.Add(
                "quiet_seconds",
                FormattableString.Invariant($"A wait of {seconds} s for quiet is out of range: use 0 to {QuietPatience.MostSeconds} s.")
            );
        faults.ThrowIfAny();

        if (!jobs.IsRunning(space, settings) && Finished(request, space, engine.Identity(settings)) is { } finished)
        {
            await responseStream.WriteAsync(
                new()
                {
                    Done = finished.Entries,
                    Total = finished.Entries,
                    TableId = finished.Id,
                    FailedEntries = finished.Failed,
                    Loaded = finished.Loaded ?? "",
                }
            );
            return;
        }
        // A job that is running waits for a lost device; who comes anew is told.
        if (!jobs.IsRunning(space, settings))
            health.ThrowIfLost();
        TableJob job = await jobs.StartOrAttachAsync(
            space,
            settings,
            context.Client(),
            context.CancellationToken,
            request.HasQuietSeconds ? TimeSpan.FromSeconds(request.QuietSeconds) : null,
            request.Anew
        );
        await SendAsync(job.Id, job.WatchAsync(cancellation: context.CancellationToken), responseStream, context);
    }

    /// <summary>The table that answers a request at once; null where none does.</summary>
    private TableHeader? Finished(BuildTableRequest request, SearchSpace space, TableIdentity identity)
    {
        // Who lost its connection gets the table that it has waited for, whatever it is like.
        if (request.JobId.Length > 0 && jobStore.Find(request.JobId)?.TableId is { } own && store.Find(own) is { } table)
            return table.Header;
        return request.Reuse && store.FindNewest(space, identity) is { Loaded: null } finished ? finished : null;
    }

    /// <inheritdoc/>
    public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        Page page = Page.Of(request.PageSize, request.PageToken, MostListed);
        if (page.Token.Length > 0 && jobStore.Find(page.Token) is null)
            throw Page.Unknown(page.Token);
        IReadOnlyList<StoredJob> listed = page.Token.Length > 0 ? jobStore.ListBehind(page.Token, page.Size) : jobStore.List(page.Size);
        var response = new ListJobsResponse { NextPageToken = page.Next(listed.Count, () => listed[^1].Id) };
        foreach (StoredJob stored in listed)
        {
            Job job = Describe(stored, context, inList: true);
            if (page.IsAsked)
                (job.Space, job.Identity) = (null, null);
            response.Jobs.Add(job);
        }
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context) =>
        Task.FromResult(new GetJobResponse { Job = Describe(Stored(request.Id), context, inList: false) });

    /// <inheritdoc/>
    public override async Task WatchJob(
        WatchJobRequest request,
        IServerStreamWriter<BuildTableResponse> responseStream,
        ServerCallContext context
    )
    {
        // In this order: a job's end is stored before it leaves the running ones, so a job that is not among them is stored as it ended.
        if (jobs.Find(request.Id) is { } job)
            await SendAsync(job.Id, job.WatchAsync(withHistory: true, context.CancellationToken), responseStream, context);
        else
            await responseStream.WriteAsync(Stored(request.Id).EndMessage(jobStore.Measured(request.Id)));
    }

    /// <inheritdoc/>
    public override async Task<CancelJobResponse> CancelJob(CancelJobRequest request, ServerCallContext context)
    {
        if (jobs.Find(request.Id) is { } job && !MayCancel(job.Owner, context))
            throw JobRefusals.NotYours(job.Id);
        if (await jobs.CancelAsync(request.Id))
            return new CancelJobResponse();
        StoredJob stored = Stored(request.Id);
        throw JobRefusals.NotRunning(stored.Id, stored.State);
    }

    /// <inheritdoc/>
    public override async Task MeasureOperators(
        MeasureOperatorsRequest request,
        IServerStreamWriter<MeasureOperatorsResponse> responseStream,
        ServerCallContext context
    )
    {
        var faults = new RequestFaults();
        IReadOnlyList<OperatorSpec> specs = OperatorKeys.Read(request.Keys, MostKeys, faults);
        MeasurementSettings settings = optionsReader.Read(request.Options, "options", MeasurementSettings.DefaultOperatorSeconds, faults);
        faults.ThrowIfAny();

        Identity identity = engine.Identity(settings).ToMessage();
        string client = context.Client();
        using CancellationTokenSource end = context.EndWith(lifetime);
        var looks = new List<HostPace>();
        for (int i = 0; i < specs.Count; i++)
        {
            OperatorSpec spec = specs[i];
            if (i % Sentinel.DefaultInterval == 0)
                await LookAsync();
            IReadOnlyList<OperatorSession> sessions = await operators.MeasureAsync(client, spec, settings, end.Token);
            MeasureOperatorsResponse response = OperatorSession.Join(sessions, settings).ToResponse(identity);
            if (request.WithSamples)
                response.Samples.Add(sessions.Select(session => session.SamplesMs.ToMessage()));
            if (i == specs.Count - 1)
            {
                await LookAsync();
                response.Loaded = load?.Reason(engine.Device.Uuid, looks) ?? "";
            }
            await responseStream.WriteAsync(response, end.Token);
        }

        async Task LookAsync()
        {
            if (load is not null)
                looks.Add(await operators.RunAsync(client, _ => load.Look(), end.Token));
        }
    }

    /// <inheritdoc/>
    public override async Task<MeasureModelResponse> MeasureModel(
        IAsyncStreamReader<MeasureModelRequest> requestStream,
        ServerCallContext context
    )
    {
        using CancellationTokenSource end = context.EndWith(lifetime);
        using UploadMeter metered = uploads.Meter(context.Client(), requestStream);
        ModelUpload upload = await ModelUpload.ReceiveAsync(metered, (long)limits.UploadMiB << 20, end.Token);
        var faults = new RequestFaults();
        MeasurementOptions options = upload.Options.Measurement ?? new();
        MeasurementSettings settings = optionsReader.Read(options, "options.measurement", MeasurementSettings.DefaultModelSeconds, faults);
        faults.ThrowIfAny();

        logger.LogInformation("Measures the model '{Name}' of {Bytes} bytes", LogText.Of(upload.Options.Name), upload.Model.Length);
        try
        {
            ModelSessions sessions = await budget.RunAsync(
                context.Client(),
                token => models.Measure(upload.Model, options.BatchSize, settings, upload.Options.WithSamples, token),
                end.Token
            );
            return sessions.ToMessage(engine);
        }
        catch (ModelRefusedException refused)
        {
            throw RequestFaults.Refusal(ModelUpload.FieldOf(refused, "options.measurement"), refused.Message);
        }
    }

    /// <inheritdoc/>
    public override Task<GetSamplesResponse> GetSamples(GetSamplesRequest request, ServerCallContext context)
    {
        StoredJob stored = Stored(request.JobId);
        OperatorSpec spec = OperatorKeys.Read(request.Key);
        IReadOnlyList<ReadOnlyMemory<double>> sessions = jobStore.Samples(stored.Id, spec);
        if (sessions.Count == 0)
            throw JobRefusals.NoSamples(stored.Id, spec);
        return Task.FromResult(new GetSamplesResponse { Sessions = { sessions.Select(session => session.ToMessage()) } });
    }

    private StoredJob Stored(string id) =>
        jobStore.Find(id)
        ?? throw new RpcException(
            new Status(
                StatusCode.NotFound,
                $"This profiler has no job '{StatusText.Shortened(id, StatusText.LongestName)}': list its jobs."
            )
        );

    private static bool MayCancel(string? owner, ServerCallContext context) =>
        owner is null || owner == context.Client() || context.IsOperator();

    private Job Describe(StoredJob stored, ServerCallContext context, bool inList)
    {
        JobProgress? present = jobs.Find(stored.Id)?.Present;
        Job message = stored.ToMessage(present?.Done ?? jobStore.Measured(stored.Id), present?.SecondsLeft ?? 0, inList, present?.Paused);
        message.Yours = MayCancel(stored.Owner, context);
        return message;
    }

    private static async Task SendAsync(
        string id,
        IAsyncEnumerable<JobProgress> news,
        IServerStreamWriter<BuildTableResponse> stream,
        ServerCallContext context
    )
    {
        await foreach (JobProgress progress in news)
            await stream.WriteAsync(progress.ToMessage(id), context.CancellationToken);
    }
}
