using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class ProviderOptionsTests
{
    [Theory]
    [InlineData("fp32", "0", "0")]
    [InlineData("fp16", "1", "0")]
    [InlineData("int8", "0", "1")]
    public void Tensor_rt_switches_the_precision(string precision, string half, string int8)
    {
        Dictionary<string, string> options = TensorRtOptions.Build(0, precision, "engines", "timings", GpuStack.Pascal);
        Assert.Equal((half, int8), (options["trt_fp16_enable"], options["trt_int8_enable"]));
    }

    [Fact]
    public void Tensor_rt_fixes_what_a_number_may_depend_on()
    {
        Dictionary<string, string> options = TensorRtOptions.Build(2, "fp32", "engines", "timings", GpuStack.Pascal);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["device_id"] = "2",
                ["trt_fp16_enable"] = "0",
                ["trt_int8_enable"] = "0",
                ["trt_max_workspace_size"] = "1073741824",
                ["trt_builder_optimization_level"] = "3",
                ["trt_min_subgraph_size"] = "1",
                ["trt_cuda_graph_enable"] = "0",
                ["trt_engine_cache_enable"] = "1",
                ["trt_engine_cache_path"] = "engines",
                ["trt_timing_cache_enable"] = "1",
                ["trt_timing_cache_path"] = "timings",
                ["trt_force_timing_cache"] = "0",
            },
            options
        );
    }

    [Fact]
    public void Tensor_rt_without_folders_caches_nothing()
    {
        Dictionary<string, string> options = TensorRtOptions.Build(0, "fp32", engines: null, timings: null, GpuStack.Current);
        Assert.Equal(("0", "0"), (options["trt_engine_cache_enable"], options["trt_timing_cache_enable"]));
        Assert.DoesNotContain(options.Keys, key => key.EndsWith("_path", StringComparison.Ordinal));
    }

    [Fact]
    public void Cuda_tries_all_algorithms_in_plain_fp32()
    {
        Dictionary<string, string> options = CudaOptions.Build(1, GpuStack.Current);
        Assert.Equal(("1", "EXHAUSTIVE", "0"), (options["device_id"], options["cudnn_conv_algo_search"], options["use_tf32"]));
    }

    [Fact]
    public void Cuda_of_the_pascal_stack_leaves_out_what_onnx_runtime117_does_not_know() =>
        Assert.DoesNotContain("use_tf32", CudaOptions.Build(0, GpuStack.Pascal).Keys);

    [Fact]
    public void A_stream_is_passed_as_its_address()
    {
        foreach (
            Dictionary<string, string> options in (Dictionary<string, string>[])
                [CudaOptions.Build(0, GpuStack.Current, 0x1234), TensorRtOptions.Build(0, "fp32", null, null, GpuStack.Current, 0x1234)]
        )
        {
            Assert.Equal(("1", "4660"), (options["has_user_compute_stream"], options["user_compute_stream"]));
        }
    }

    [Fact]
    public void A_stream_for_the_pascal_stack_is_a_fault()
    {
        Assert.Throws<ArgumentException>(() => CudaOptions.Build(0, GpuStack.Pascal, 1));
        Assert.Throws<ArgumentException>(() => TensorRtOptions.Build(0, "fp32", null, null, GpuStack.Pascal, 1));
    }

    [Fact]
    public void No_session_falls_back_to_the_processor() => Assert.Equal("1", GpuSessions.Entries["session.disable_cpu_ep_fallback"]);

    [Fact]
    public void Runs_are_timed_by_events_where_the_provider_takes_a_stream()
    {
        Assert.Equal("median-v2 x timing=events start=cuda-graph", TimingMode.Protocol("median-v2 x", GpuStack.Current, graphs: true));
        Assert.Equal("median-v2 x timing=events", TimingMode.Protocol("median-v2 x", GpuStack.Current));
        Assert.Equal("median-v2 x timing=synchronized", TimingMode.Protocol("median-v2 x", GpuStack.Pascal));
    }
}
