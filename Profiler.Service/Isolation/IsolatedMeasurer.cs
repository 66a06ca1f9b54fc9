using System.Diagnostics;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Telemetry;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// Measures in a worker process, which is started when it is needed and again when it has died. What a model does to the
/// process that runs it becomes a failed entry or a refusal, with the reason. To be called on the device thread.
/// </summary>
/// <param name="limits">What a measurement may take.</param>
/// <param name="telemetry">Counts measurements and workers.</param>
/// <param name="logger">Told of what cannot be measured.</param>
/// <param name="choice">What the worker measures with; null means the CPU.</param>
public sealed class IsolatedMeasurer(
    WorkerLimits limits,
    ProfilerTelemetry telemetry,
    ILogger<IsolatedMeasurer> logger,
    EngineChoice? choice = null
) : IOperatorMeasurer, IModelMeasurer, INumbersCheck, IDisposable
{
    private readonly EngineChoice choice = choice ?? new();
    private WorkerProcess? worker;

    /// <summary>Process id of the worker; null where none is running.</summary>
    public int? WorkerId => worker is { IsAlive: true } alive ? alive.Id : null;

    /// <inheritdoc/>
    public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
    {
        using IDisposable? scope = logger.BeginScope(new Dictionary<string, object> { ["operator"] = spec.ToString() });
        using Activity? span = telemetry.Activities.StartActivity("measure operator")?.SetTag("operator", spec.ToString());
        long start = Stopwatch.GetTimestamp();
        OperatorSession session = MeasureInWorker(spec, settings, cancellation);
        LatencyEntry entry = session.Entry;
        telemetry.Measured(
            "operator",
            entry.Failure is not null ? "failed"
                : entry.Noisy ? "noisy"
                : "ok",
            Stopwatch.GetElapsedTime(start),
            entry.Spread?.Disturbed ?? 0
        );
        return session;
    }

    /// <inheritdoc/>
    public ModelSessions Measure(
        UploadedModel model,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        using Activity? span = telemetry.Activities.StartActivity("measure model")?.SetTag("bytes", model.Length);
        long start = Stopwatch.GetTimestamp();
        string outcome = "failed";
        try
        {
            ModelSessions sessions = MeasureInWorker(model, askedBatch, settings, withSamples, cancellation);
            outcome = sessions.Joined.Noisy ? "noisy" : "ok";
            return sessions;
        }
        finally
        {
            telemetry.Measured("model", outcome, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <inheritdoc/>
    public string CheckNumbers(CancellationToken cancellation)
    {
        try
        {
            WorkerResponse response = Exchange(new() { Check = new Check() }, new MeasurementSettings(), limits, cancellation);
            return response.ResultCase switch
            {
                WorkerResponse.ResultOneofCase.KnownNumbers => response.KnownNumbers,
                WorkerResponse.ResultOneofCase.WrongNumbers => throw new WrongNumbersException(response.WrongNumbers),
                _ => throw new WorkerFailedException(response.Fault),
            };
        }
        catch (WorkerFailedException fault)
        {
            throw new UserErrorException(fault.Message, fault);
        }
    }

    private OperatorSession MeasureInWorker(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
    {
        try
        {
            WorkerResponse response = Exchange(
                new() { Key = spec.ToString() },
                settings,
                spec == DeviceProbe.Tiny ? limits.OfProbe : limits,
                cancellation
            );
            return response.ResultCase == WorkerResponse.ResultOneofCase.Session ? response.ToOperatorSession() : throw Failure(response);
        }
        catch (WorkerFailedException fault)
        {
            logger.LogWarning("{Operator} cannot be measured: {Reason}", spec, fault.Message);
            return new(LatencyEntry.Failed(spec, fault.Message), Interrupted: fault.ByItself, FromOutside: fault.End == WorkerEnd.Outside);
        }
    }

    private ModelSessions MeasureInWorker(
        UploadedModel model,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        try
        {
            WorkerResponse response = Exchange(model.ToRequest(askedBatch, withSamples), settings, limits, cancellation);
            return response.ResultCase switch
            {
                WorkerResponse.ResultOneofCase.Model => response.ToModelSessions(),
                WorkerResponse.ResultOneofCase.Refusal => throw response.ToException(),
                _ => throw Failure(response),
            };
        }
        catch (WorkerFailedException fault)
        {
            logger.LogWarning("A model cannot be measured: {Reason}", fault.Message);
            throw new ModelRefusedException(fault.ByItself ? RefusedPart.Process : RefusedPart.Model, fault.Message, fault);
        }
    }

    // Wrong numbers fail whatever is asked for, the probe of the device too: it is lost then.
    private static WorkerFailedException Failure(WorkerResponse response) =>
        new(response.ResultCase == WorkerResponse.ResultOneofCase.WrongNumbers ? response.WrongNumbers : response.Fault);

    /// <summary>Ends the worker; the next measurement starts another.</summary>
    public void Renew()
    {
        worker?.Dispose();
        worker = null;
    }

    /// <summary>Ends the worker.</summary>
    public void Dispose() => Renew();

    private WorkerResponse Exchange(WorkerRequest request, MeasurementSettings settings, WorkerLimits most, CancellationToken cancellation)
    {
        request.Settings = JsonSerializer.Serialize(settings);
        if (worker is not { IsAlive: true })
        {
            Renew();
            worker = WorkerProcess.Start(choice, limits.WritableFolders, ready =>
                logger.LogInformation(
                    "Worker gives up: {Rights}",
                    ready.GivenUp.Count > 0 ? string.Join(", ", ready.GivenUp) : "nothing, on this platform"
                )
            );
            telemetry.WorkerStarted();
            logger.LogInformation("Worker {Id} started", worker.Id);
        }
        return worker.Exchange(request, most, settings, request.Model is null ? 1 : settings.MostSessions, cancellation);
    }
}
