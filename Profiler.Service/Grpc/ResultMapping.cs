using System.Globalization;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What this service knows beyond tables, as messages.</summary>
public static class ResultMapping
{
    /// <summary>What an engine measures on.</summary>
    public static Proto.Device DeviceMessage(this IEngine engine)
    {
        TableIdentity identity = engine.Identity(new());
        return new()
        {
            Name = engine.Device.Name,
            Uuid = engine.Device.Uuid,
            ComputeCapability = identity.ComputeCapability ?? "",
            Driver = identity.Driver ?? "",
            OperatingSystem = engine.Device.OperatingSystem,
            OnnxruntimeVersion = engine.Device.OnnxRuntime,
            Providers = { ContractNames.Provider(engine.Provider) },
            LogicalCores = engine.Device.LogicalCores,
            MemoryBytes = engine.Device.MemoryBytes,
            DefaultThreads = engine.Device.DefaultThreads,
            Environment = { engine.Environment().ToDictionary() },
        };
    }

    /// <summary>How to measure, with nothing left to who does: what <see cref="OptionsReader"/> reads again.</summary>
    public static Proto.MeasurementOptions ToMessage(this MeasurementSettings settings) =>
        new()
        {
            Threads = settings.Threads,
            BatchSize = settings.BatchSize,
            RelativeHalfWidth = settings.RelativeHalfWidth,
            MinimumSamples = settings.MinimumSamples,
            MaximumSeconds = settings.MaximumSeconds,
            Seed = settings.Seed,
            Sessions = settings.Sessions,
            ColdCaches = settings.ColdCaches,
        };

    /// <summary>An operator that was measured for its own sake, without its samples.</summary>
    public static Proto.MeasureOperatorsResponse ToResponse(this LatencyEntry entry, Proto.Identity identity)
    {
        var response = new Proto.MeasureOperatorsResponse
        {
            Key = entry.Spec.ToString(),
            Statistics = entry.StatisticsMessage(),
            Defined = entry.Origin == EntryOrigin.Defined,
            Failure = entry.Failure ?? "",
            Identity = identity,
            BuildMs = entry.BuildMs ?? 0,
        };
        response.Placement.Add(entry.Placement?.ToMessages() ?? []);
        return response;
    }

    /// <summary>A refresh's progress.</summary>
    public static Proto.RefreshTableResponse ToMessage(this RefreshProgress progress)
    {
        var message = new Proto.RefreshTableResponse { Done = progress.Done, Total = progress.Total };
        if (progress.Pair is { } pair)
        {
            message.Key = pair.Spec.ToString();
            message.BeforeMs = pair.First.MedianMs;
            message.Statistics = pair.Second.StatisticsMessage();
            message.Failure = pair.Second.Failure ?? "";
        }
        if (progress.Outcome is { } outcome)
        {
            message.TableId = outcome.Table.Id;
            message.MedianRatio = outcome.Drift.MedianRatio;
            message.OutsideInterval = outcome.Drift.OutsideInterval;
            message.Loaded = outcome.Table.Table.Loaded ?? "";
        }
        return message;
    }

    /// <summary>The sessions of a network, with what they were measured on.</summary>
    public static Proto.MeasureModelResponse ToMessage(this ModelSessions sessions, IEngine engine)
    {
        Proto.MeasureModelResponse message = sessions.Joined.ToMessage(sessions.SamplesMs);
        message.Device = engine.DeviceMessage();
        return message;
    }

    /// <summary>A job's progress.</summary>
    public static Proto.BuildTableResponse ToMessage(this JobProgress progress, string jobId) =>
        new()
        {
            JobId = jobId,
            Done = progress.Done,
            Total = progress.Total,
            SecondsLeft = progress.SecondsLeft,
            Key = progress.Entry?.Spec.ToString() ?? "",
            Statistics = progress.Entry?.StatisticsMessage(),
            Failure = progress.Entry?.Failure ?? "",
            BuildMs = progress.Entry?.BuildMs ?? 0,
            TableId = progress.TableId ?? "",
            FailedEntries = progress.Failed,
            Loaded = progress.Loaded ?? "",
            Paused = progress.Paused ?? "",
            Network = progress.Network ?? "",
        };

    /// <summary>A job as it is remembered.</summary>
    /// <param name="job">The job.</param>
    /// <param name="done">Sessions that it has measured.</param>
    /// <param name="secondsLeft">How long it takes still, s.</param>
    /// <param name="inList">Whether it is one of many, for which the operators of its space are not gone through.</param>
    /// <param name="paused">Why it measures nothing at present; null where it does.</param>
    public static Proto.Job ToMessage(this StoredJob job, int done, double secondsLeft, bool inList = false, string? paused = null) =>
        new()
        {
            Id = job.Id,
            Space = job.Space.ToMessage(),
            Identity = job.Identity.ToMessage(),
            State = paused is null ? Enum.Parse<Proto.JobState>(job.State.ToString()) : Proto.JobState.Paused,
            Done = done,
            // What a finished job needed is what it measured; to list the operators of hundreds of spaces takes its time.
            Total = job.State == JobState.Done ? done : Math.Max(done, job.FewestSessions(inList)),
            SecondsLeft = secondsLeft,
            TableId = job.TableId ?? "",
            Message = paused ?? job.Message,
            Created = Time(job.Created),
            Updated = Time(job.Updated),
        };

    /// <summary>What a watcher of a job that is not running gets.</summary>
    public static Proto.BuildTableResponse EndMessage(this StoredJob job, int measured) =>
        new()
        {
            JobId = job.Id,
            Done = measured,
            Total = Math.Max(measured, job.FewestSessions(inList: false)),
            TableId = job.TableId ?? "",
            Failure = job.Message,
        };

    /// <summary>A table in a list.</summary>
    public static Proto.TableSummary ToMessage(this TableHeader header) =>
        new()
        {
            Id = header.Id,
            Hash = header.Hash,
            Space = header.Space?.ToMessage(),
            DeviceName = header.Identity.DeviceName,
            Provider = ContractNames.Provider(header.Identity.Provider),
            Entries = header.Entries,
            Created = Time(header.Created),
            Threads = header.Identity.Threads,
            FailedEntries = header.Failed,
            Loaded = header.Loaded ?? "",
        };

    private static int FewestSessions(this StoredJob job, bool inList) =>
        job.Sessions ?? (inList ? 0 : TableBuilder.FewestSessions(job.Space, job.Settings));

    /// <summary>UTC, RFC 3339.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
