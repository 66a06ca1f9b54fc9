using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

public sealed class ProviderCheckTests
{
    private const string Right = "right, 15 operators, largest difference 8E-7";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gpu_that_runs_a_convolution_passes()
    {
        var measurer = new Measurer(spec => new(spec, EntryOrigin.Measured, MedianMs: 1));
        await RunAsync("cuda", new Numbers(() => Right), measurer);
        Assert.Equal([ProviderCheck.Operator], measurer.Measured);
    }

    [Fact]
    public async Task A_gpu_that_does_not_is_refused_with_its_reason()
    {
        var measurer = new Measurer(spec => LatencyEntry.Failed(spec, "libcublas.so.13 is missing."));
        var fault = await Assert.ThrowsAsync<UserErrorException>(() => RunAsync("cuda", new Numbers(() => Right), measurer));
        Assert.Contains(
            "'cuda' in fp32 does not run a convolution on fake: libcublas.so.13 is missing.",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("cpu"), InlineData("cuda"), InlineData("tensorrt")]
    public async Task A_device_that_computes_wrong_numbers_is_refused_before_anything_is_measured(string provider)
    {
        var measurer = new Measurer(spec => new(spec, EntryOrigin.Measured, MedianMs: 1));
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(provider, new Numbers(() => throw new WrongNumbersException("conv is off by 1.3.")), measurer)
        );
        Assert.Equal("conv is off by 1.3.", fault.Message);
        Assert.Empty(measurer.Measured);
    }

    [Fact]
    public async Task A_processor_that_computes_nothing_is_refused_with_its_reason()
    {
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            RunAsync(
                "cpu",
                new Numbers(() => throw new UserErrorException("The worker ended.")),
                new Measurer(spec => new(spec, EntryOrigin.Measured, 1))
            )
        );
        Assert.Equal("The provider 'cpu' in fp32 does not run a convolution on fake: The worker ended.", fault.Message);
    }

    [Fact]
    public async Task A_worker_that_an_outsider_ended_is_asked_once_more()
    {
        var answers = new Queue<Func<string>>([() => throw new UserErrorException("The worker ended."), () => Right]);
        CheckedEngine engine = await RunAsync(
            "cpu",
            new Numbers(() => answers.Dequeue()()),
            new Measurer(spec => LatencyEntry.Failed(spec, "never"))
        );
        Assert.Equal(Right, engine.Environment()["known_numbers"]);
    }

    [Fact]
    public async Task The_cpu_needs_the_numbers_and_no_convolution_and_its_environment_says_so()
    {
        var measurer = new Measurer(spec => LatencyEntry.Failed(spec, "never"));
        CheckedEngine engine = await RunAsync("cpu", new Numbers(() => Right), measurer);
        Assert.Empty(measurer.Measured);
        Assert.Equal(Right, engine.Environment()["known_numbers"]);
    }

    private static async Task<CheckedEngine> RunAsync(string provider, INumbersCheck numbers, IOperatorMeasurer measurer)
    {
        var engine = new CheckedEngine(new FakeEngine { Provider = provider });
        using var device = new DeviceWorker();
        await ProviderCheck.RunAsync(engine, device, numbers, measurer, Stop);
        return engine;
    }

    private sealed class Numbers(Func<string> answer) : INumbersCheck
    {
        public string CheckNumbers(CancellationToken cancellation) => answer();
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
