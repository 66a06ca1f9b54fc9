using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Isolation;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void OnTheCpu_NothingIsSaidOfGpus() =>
        Assert.DoesNotContain(WorkerEnvironment.Of(new(), "tmp").Keys, key => key.StartsWith("CUDA", StringComparison.Ordinal));

    [Fact]
    public void OnAGpu_TheWorkerSeesTheChosenOneOnlyAndNoTf32()
    {
        IReadOnlyDictionary<string, string> variables = WorkerEnvironment.Of(
            new() { Provider = ExecutionProviders.Cuda, Device = 3 },
            "tmp"
        );
        Assert.Equal(
            ("PCI_BUS_ID", "3", "0"),
            (variables["CUDA_DEVICE_ORDER"], variables["CUDA_VISIBLE_DEVICES"], variables["NVIDIA_TF32_OVERRIDE"])
        );
    }

    [Fact]
    public void TensorRt_HasTimeToBuildButNotForTheProbe()
    {
        var limits = new WorkerLimits(BuildSeconds: 60, MeasuringSeconds: 60, MemoryBytes: 1);
        Assert.Equal(60, limits.For(new() { Provider = ExecutionProviders.Cuda }).BuildSeconds);
        WorkerLimits patient = limits.For(new() { Provider = ExecutionProviders.TensorRt });
        Assert.Equal(
            (WorkerLimits.TensorRtBuildSeconds, WorkerLimits.ProbeBuildSeconds),
            (patient.BuildSeconds, patient.OfProbe.BuildSeconds)
        );
        Assert.Equal(60, limits.OfProbe.BuildSeconds);
    }
}
