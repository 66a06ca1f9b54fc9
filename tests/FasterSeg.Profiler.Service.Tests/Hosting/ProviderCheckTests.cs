using FasterSeg.Operators;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

public sealed class ProviderCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AGpuThatRunsAConvolution_Passes()
    {
        var measurer = new Measurer(spec => new(spec, EntryOrigin.Measured, MedianMs: 1));
        using var device = new DeviceWorker();
        await ProviderCheck.RunAsync(new FakeEngine { Provider = "cuda" }, device, measurer, Stop);
        Assert.Equal([ProviderCheck.Operator], measurer.Measured);
    }

    [Fact]
    public async Task AGpuThatDoesNot_IsRefusedWithItsReason()
    {
        var measurer = new Measurer(spec => LatencyEntry.Failed(spec, "libcublas.so.13 is missing."));
        using var device = new DeviceWorker();
        var fault = await Assert.ThrowsAsync<UserErrorException>(() => ProviderCheck.RunAsync(new FakeEngine { Provider = "cuda" }, device, measurer, Stop));
        Assert.Contains("'cuda' in fp32 does not run a convolution on fake: libcublas.so.13 is missing.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheCpu_NeedsNoCheck()
    {
        var measurer = new Measurer(spec => LatencyEntry.Failed(spec, "never"));
        using var device = new DeviceWorker();
        await ProviderCheck.RunAsync(new FakeEngine(), device, measurer, Stop);
        Assert.Empty(measurer.Measured);
    }

    private sealed class Measurer(Func<OperatorSpec, LatencyEntry> answer) : IOperatorMeasurer
    {
        public List<OperatorSpec> Measured { get; } = [];

        public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
        {
            Measured.Add(spec);
            return new(answer(spec));
        }
    }
}
