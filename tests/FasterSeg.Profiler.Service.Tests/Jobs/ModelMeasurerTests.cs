using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class ModelMeasurerTests
{
    private static readonly UploadedModel Model = new(
        OperatorModel.Build(new(OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteArray()
    );

    /// <summary>
    /// A cap of 6 s, shared by three sessions of at least six runs each; up to seven of them within their caps take 14 s.
    /// </summary>
    [Theory]
    [InlineData(10_000, 6, 1, 6), InlineData(2_000, 6, 2, 12), InlineData(1_000, 6, 3, 18), InlineData(10_000, 120, 3, 18)]
    public void A_network_of_long_runs_is_measured_with_the_fewest_of_them_and_keeps_to_the_cap(
        double runMs,
        double seconds,
        int sessions,
        int samples
    )
    {
        var time = new SyntheticTime();
        var measurer = new ModelMeasurer(new FakeEngine { Time = time, Running = _ => time.Advance(runMs) }, time);
        ModelMeasurement measured = measurer
            .Measure(
                Model,
                askedBatch: 0,
                new() { MaximumSeconds = seconds, MinimumSamples = 6 },
                withSamples: false,
                TestContext.Current.CancellationToken
            )
            .Joined;
        Assert.Equal((sessions, samples, runMs), (measured.Spread.Sessions, measured.Spread.Samples, measured.MedianMs));
    }
}
