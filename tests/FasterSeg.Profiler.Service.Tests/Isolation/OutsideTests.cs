using System.Diagnostics;
using System.Globalization;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

/// <summary>What is done to a real worker from outside, told from what its model does.</summary>
public sealed class OutsideTests : RealWorkerTests
{
    // No interval is ever that narrow: it samples to its cap.
    private static readonly MeasurementSettings Half = new()
    {
        RelativeHalfWidth = 1e-12,
        MinimumSamples = 10_000,
        MaximumSeconds = 0.5,
        Sessions = 1,
    };

    // Ten thousand runs of it take a minute.
    private static readonly OperatorSpec Long = new(OperatorKind.Conv, 64, 64, 64, 64);

    [Fact]
    public async Task A_worker_that_was_stopped_for_longer_than_its_limits_is_not_to_blame()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells of a stopped process.");
        var limits = new WorkerLimits(BuildSeconds: 1, MeasuringSeconds: 0.5, MemoryBytes: long.MaxValue);
        TimeSpan most = limits.Build + limits.Measuring(Half);
        IsolatedMeasurer measurer = Measurer(limits);
        // Its start, which has another limit, is not the point.
        Assert.Null(measurer.Measure(Small, Rough, Stop).Entry.Failure);
        int worker = measurer.WorkerId!.Value;
        Task<OperatorSession> measuring;
        // Caught while it measures. On a busy host half a second may pass before the worker has had a tenth of it: then another one is
        // begun.
        while (true)
        {
            double before = ProcessorSeconds(worker);
            measuring = Task.Run(() => measurer.Measure(Small, Half, Stop), Stop);
            while (!measuring.IsCompleted && ProcessorSeconds(worker) < before + 0.1)
                await Task.Delay(5, Stop);
            Signal(worker, "STOP");
            // What it had said before it stood still has been heard by then.
            await Task.Delay(200, Stop);
            if (!measuring.IsCompleted)
                break;
            Signal(worker, "CONT");
            Assert.Equal((null, worker), ((await measuring).Entry.Failure, measurer.WorkerId));
        }
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < 1.5 * most)
        {
            Assert.False(measuring.IsCompleted);
            await Task.Delay(50, Stop);
        }
        Signal(worker, "CONT");
        OperatorSession session = await measuring;
        Assert.Equal((null, worker), (session.Entry.Failure, measurer.WorkerId));
    }

    [Theory]
    [InlineData("KILL", "signal 9", true)]
    [InlineData("TERM", "signal 15", true)]
    // One that .NET does not take for its own, as it does an outsider's SIGSEGV.
    [InlineData("SYS", "signal 31", false)]
    public async Task A_kill_from_outside_is_told_from_a_crash(string signal, string words, bool isFromOutside)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        IsolatedMeasurer measurer = Measurer(WorkerLimits.Default);
        Assert.Null(measurer.Measure(Small, Rough, Stop).Entry.Failure);
        int worker = measurer.WorkerId!.Value;
        double before = ProcessorSeconds(worker);
        Task<OperatorSession> measuring = Task.Run(() => measurer.Measure(Long, Half with { MaximumSeconds = 500 }, Stop), Stop);
        while (ProcessorSeconds(worker) < before + 0.1)
            await Task.Delay(5, Stop);
        Signal(worker, signal);
        OperatorSession session = await measuring;
        Assert.Contains(words, session.Entry.Failure, StringComparison.Ordinal);
        Assert.Equal((true, isFromOutside), (session.Interrupted, session.FromOutside));
    }

    [Fact]
    public void A_model_over_its_limit_is_to_blame()
    {
        IsolatedMeasurer measurer = Measurer(new WorkerLimits(BuildSeconds: 0.2, MeasuringSeconds: 600, MemoryBytes: long.MaxValue));
        OperatorSession session = measurer.Measure(new OperatorSpec(OperatorKind.Conv2x, 1024, 1024, 256, 256), Rough, Stop);
        Assert.NotNull(session.Entry.Failure);
        Assert.Equal((false, false), (session.Interrupted, session.FromOutside));
    }

    private static double ProcessorSeconds(int id)
    {
        using Process process = Process.GetProcessById(id);
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static void Signal(int id, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
