using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Isolation;

namespace FasterSeg.Profiler.Service.Tests.Isolation;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void On_the_cpu_nothing_is_said_of_gpus() =>
        Assert.DoesNotContain(WorkerEnvironment.Of(new(), "tmp").Keys, key => key.StartsWith("CUDA", StringComparison.Ordinal));

    [Fact]
    public void On_a_gpu_the_worker_sees_the_chosen_one_only_and_no_tf32()
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
    public void Tensor_rt_has_time_to_build_but_not_for_the_probe()
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
