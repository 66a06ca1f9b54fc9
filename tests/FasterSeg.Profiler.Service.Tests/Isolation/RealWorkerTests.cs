using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

/// <summary>Tests of real worker processes, which end with them.</summary>
public abstract class RealWorkerTests : IDisposable
{
    private readonly ProfilerTelemetry telemetry = new();
    private readonly List<IsolatedMeasurer> measurers = [];

    /// <summary>Measured in some milliseconds.</summary>
    protected static OperatorSpec Small { get; } = new(OperatorKind.Conv, 8, 8, 16, 16);

    protected static MeasurementSettings Rough { get; } =
        new()
        {
            RelativeHalfWidth = 0.3,
            MinimumSamples = 6,
            MaximumSeconds = 0.01,
        };

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (IsolatedMeasurer measurer in measurers)
            measurer.Dispose();
        telemetry.Dispose();
        GC.SuppressFinalize(this);
    }

    protected IsolatedMeasurer Measurer(WorkerLimits? limits = null, ILogger<IsolatedMeasurer>? log = null)
    {
        var measurer = new IsolatedMeasurer(limits ?? WorkerLimits.Default, telemetry, log ?? NullLogger<IsolatedMeasurer>.Instance);
        measurers.Add(measurer);
        return measurer;
    }
}
