using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Caches;
using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class GpuEngineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-gpu-").FullName;
    private readonly FakeNvml nvml = new();
    private int timings;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_identity_names_the_card_its_libraries_and_how_runs_are_timed()
    {
        TableIdentity identity = Engine(GpuStack.Pascal, new() { Provider = "tensorrt", Precision = "int8" })
            .Identity(new() { Threads = 2, BatchSize = 4 });
        Assert.Equal(
            ("NVIDIA GeForce GTX 1080 Ti", "GPU-4c0f", "6.1", "580.65.06"),
            (identity.DeviceName, identity.DeviceUuid, identity.ComputeCapability, identity.Driver)
        );
        Assert.Equal(("tensorrt", "int8", "8.6.1", "8.9.7"), (identity.Provider, identity.Precision, identity.TensorRt, identity.Cudnn));
        Assert.Equal((0, 4), (identity.Threads, identity.BatchSize));
        Assert.EndsWith(" timing=synchronized", identity.Protocol, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("tensorrt")]
    public void A_table_of_cuda_graphs_is_not_comparable_with_one_without_them(string provider)
    {
        TableIdentity without = Engine(GpuStack.Current, new() { Provider = provider }).Identity(new()),
            with = Engine(GpuStack.Current, new() { Provider = provider, CudaGraphs = true }).Identity(new());
        Assert.EndsWith(" timing=events start=cuda-graph", with.Protocol, StringComparison.Ordinal);
        Assert.Contains("protocol", without.DifferenceFrom(with), StringComparison.Ordinal);
        Assert.Equal(without, with with { Protocol = without.Protocol });
    }

    [Fact]
    public void Both_providers_are_told_of_cuda_graphs_and_a_processor_has_none()
    {
        Assert.Equal("1", CudaOptions.Build(0, GpuStack.Current, graphs: true)["enable_cuda_graph"]);
        Assert.DoesNotContain("enable_cuda_graph", CudaOptions.Build(0, GpuStack.Current).Keys);
        Assert.Equal(
            ["0", "1"],
            new[] { false, true }.Select(graphs =>
                TensorRtOptions.Build(0, "fp32", null, null, GpuStack.Current, graphs: graphs)["trt_cuda_graph_enable"]
            )
        );
        Assert.Contains(
            "is for a GPU's provider",
            Assert.Throws<UsageException>(() => new EngineChoice { CudaGraphs = true }.Checked()).Message,
            StringComparison.Ordinal
        );
        Assert.True(
            new EngineChoice { Provider = "cuda", CudaGraphs = true }
                .Checked()
                .CudaGraphs
        );
    }

    [Fact]
    public void The_cuda_providers_identity_has_no_tensor_rt() =>
        Assert.Null(Engine(GpuStack.Pascal, new() { Provider = "cuda" }).Identity(new()).TensorRt);

    [Fact]
    public void The_environment_has_the_cards_state_beside_the_machines()
    {
        IReadOnlyDictionary<string, string> facts = Engine(GpuStack.Pascal, new() { Provider = "cuda" }).Environment();
        Assert.Equal("1911", facts["gpu_sm_mhz"]);
        Assert.Equal("187.3", facts["gpu_power_w"]);
        Assert.Equal("61", facts["gpu_temperature_c"]);
        Assert.Equal("SoftwarePowerCap", facts["gpu_throttling"]);
        Assert.Equal("580.65.06", facts["gpu_driver"]);
        Assert.Equal("11.8", facts["cuda_runtime"]);
        Assert.Contains("dotnet", facts.Keys);
    }

    [Fact]
    public void Asked_for_facts_only_it_starts_no_work_on_the_card()
    {
        GpuEngine engine = Engine(GpuStack.Current, new() { Provider = "cuda" });
        _ = (engine.Device, engine.Identity(new()), engine.Environment());
        Assert.Equal(0, timings);
    }

    /// <summary>The package for CPUs has no such provider: what a broken installation says arrives as a sentence.</summary>
    [Theory]
    [InlineData("cuda")]
    [InlineData("tensorrt")]
    public void A_provider_that_cannot_be_loaded_is_an_unusable_model_and_no_crash(string provider)
    {
        Assert.SkipUnless(GpuStack.Built is null, "This build has the provider.");
        GpuEngine engine = Engine(GpuStack.Current, new() { Provider = provider });
        byte[] onnx = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteArray();
        var fault = Assert.Throws<UnusableModelException>(() => engine.Open(onnx, new(), TestContext.Current.CancellationToken));
        Assert.Contains("ExecutionProvider cannot be used", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, timings);
    }

    [Fact]
    public void The_factory_refuses_a_gpu_that_this_build_or_machine_has_not()
    {
        var fault = Assert.Throws<UserErrorException>(() =>
            EngineFactory.Create(new() { Provider = "cuda" }, 1, TimeProvider.System, GpuStack.Current, new FakeNvml { Driver = null })
        );
        Assert.Matches("No NVIDIA driver|has no CUDAExecutionProvider", fault.Message);
        Assert.Throws<UsageException>(() => EngineFactory.Create(new() { Provider = "opencl" }, 1, TimeProvider.System, stack: null, nvml));
    }

    [Fact]
    public void The_factory_makes_the_cpus_engine_by_default() =>
        Assert.IsType<CpuEngine>(EngineFactory.Create(new(), threads: 1, TimeProvider.System));

    private GpuEngine Engine(GpuStack stack, EngineChoice choice) =>
        new(
            choice,
            FakeNvml.Card,
            CpuFacts.Read(1),
            nvml.Driver!,
            new(new(11, 8), new(8, 9, 7), new(8, 6, 1)),
            stack,
            nvml,
            MakeTiming,
            new EngineCache(folder, 1L << 30, TimeProvider.System),
            TimeProvider.System
        );

    private FakeTiming MakeTiming()
    {
        timings++;
        return new();
    }

    private sealed class FakeTiming : IGpuTiming
    {
        public IRunTimer Timer => new ClockRunTimer(TimeProvider.System);

        public nint? Stream => null;
    }
}
