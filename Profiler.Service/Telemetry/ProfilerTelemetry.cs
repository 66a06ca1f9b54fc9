using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FasterSeg.Profiler.Service.Telemetry;

/// <summary>What the profiler counts and traces about itself, under one name.</summary>
public sealed class ProfilerTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "FasterSeg.Profiler";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> measurements;
    private readonly Counter<long> disturbedRuns;
    private readonly Counter<long> workerStarts;
    private readonly Histogram<double> measuringSeconds;

    /// <summary>Makes the instruments.</summary>
    public ProfilerTelemetry()
    {
        measurements = meter.CreateCounter<long>(
            "fasterseg.measurements",
            "{measurement}",
            "Measurements by kind (operator, model) and outcome (ok, noisy, failed)."
        );
        disturbedRuns = meter.CreateCounter<long>(
            "fasterseg.disturbed_runs",
            "{run}",
            "Runs that were set aside because something else had the processor."
        );
        workerStarts = meter.CreateCounter<long>(
            "fasterseg.worker_starts",
            "{start}",
            "Worker processes started; more than one means that others died."
        );
        measuringSeconds = meter.CreateHistogram<double>(
            "fasterseg.measuring_duration",
            "s",
            "Time that a measurement had the device, building included.",
            tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300] }
        );
    }

    /// <summary>Spans of jobs and measurements.</summary>
    public ActivitySource Activities { get; } = new(Name);

    /// <summary>Shows a number that changes by itself.</summary>
    public void Gauge(string name, string unit, string description, Func<int> value) =>
        meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>A measurement ended.</summary>
    /// <param name="kind"><c>operator</c> or <c>model</c>.</param>
    /// <param name="outcome"><c>ok</c>, <c>noisy</c> or <c>failed</c>.</param>
    /// <param name="elapsed">Time that it had the device.</param>
    /// <param name="disturbed">Runs that were set aside.</param>
    public void Measured(string kind, string outcome, TimeSpan elapsed, int disturbed = 0)
    {
        measurements.Add(1, KeyValuePair.Create<string, object?>("kind", kind), KeyValuePair.Create<string, object?>("outcome", outcome));
        measuringSeconds.Record(elapsed.TotalSeconds, KeyValuePair.Create<string, object?>("kind", kind));
        if (disturbed > 0)
            disturbedRuns.Add(disturbed);
    }

    /// <summary>A worker process was started.</summary>
    public void WorkerStarted() => workerStarts.Add(1);

    /// <inheritdoc/>
    public void Dispose()
    {
        meter.Dispose();
        Activities.Dispose();
    }
}
