using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class ProviderRulesTests
{
    private static readonly GpuDevice Pascal = new("NVIDIA GeForce GTX 1080 Ti", "GPU-1", new(6, 1), 11L << 30);
    private static readonly GpuDevice Turing = new("NVIDIA GeForce RTX 2080", "GPU-2", new(7, 5), 8L << 30);

    [Fact]
    public void The_cpu_in_fp32_is_refused_nowhere() => Assert.Null(ProviderRules.Refusal(new(), stack: null, NotAsked));

    [Theory]
    [InlineData("fp16")]
    [InlineData("int8")]
    public void Another_precision_on_the_cpu_is_refused(string precision) =>
        Assert.Contains(
            $"not in {precision}",
            ProviderRules.Refusal(new() { Precision = precision }, stack: null, NotAsked),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_gpu_in_a_build_for_the_cpu_is_refused_with_the_builds_to_make()
    {
        string? refusal = ProviderRules.Refusal(Choice("tensorrt"), stack: null, NotAsked);
        Assert.Contains("-p:Gpu=pascal", refusal, StringComparison.Ordinal);
        Assert.Contains("-p:Gpu=current", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_without_tensor_rt_is_refused() =>
        Assert.Contains(
            "--provider tensorrt",
            ProviderRules.Refusal(Choice("cuda", "int8"), GpuStack.Current, NotAsked),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("cuda", "fp32")]
    [InlineData("tensorrt", "fp32")]
    [InlineData("tensorrt", "int8")]
    public void A_pascal_card_with_its_stack_is_taken(string provider, string precision) =>
        Assert.Null(ProviderRules.Refusal(Choice(provider, precision), GpuStack.Pascal, () => Whole(GpuStack.Pascal, Pascal)));

    [Theory]
    [InlineData("cuda", "fp32")]
    [InlineData("cuda", "fp16")]
    [InlineData("tensorrt", "int8")]
    public void A_turing_card_with_todays_stack_is_taken(string provider, string precision) =>
        Assert.Null(ProviderRules.Refusal(Choice(provider, precision), GpuStack.Current, () => Whole(GpuStack.Current, Turing)));

    [Fact]
    public void A_pascal_card_with_todays_stack_is_refused_with_the_stack_that_runs_on_it()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Pascal));
        Assert.Contains("GTX 1080 Ti has compute capability 6.1", refusal, StringComparison.Ordinal);
        Assert.Contains("-p:Gpu=pascal", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_older_than_any_stack_is_refused_without_one() =>
        Assert.Contains(
            "no stack of this program is old enough",
            Refusal(GpuStack.Pascal, Whole(GpuStack.Pascal, Pascal with { Capability = new(5, 2) })),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_card_newer_than_the_pascal_stack_is_refused_with_the_other() =>
        Assert.Contains(
            "-p:Gpu=current",
            Refusal(GpuStack.Pascal, Whole(GpuStack.Pascal, Turing with { Capability = new(12, 0) })),
            StringComparison.Ordinal
        );

    [Fact]
    public void Fp16_on_a_pascal_card_is_refused() =>
        Assert.Contains(
            "fp16 at a fraction",
            ProviderRules.Refusal(Choice("cuda", "fp16"), GpuStack.Pascal, () => Whole(GpuStack.Pascal, Pascal)),
            StringComparison.Ordinal
        );

    [Fact]
    public void Int8_on_AP_100_which_has_none_is_refused() =>
        Assert.Contains(
            "int8 is computed from 6.1 on",
            ProviderRules.Refusal(Choice("tensorrt", "int8"), GpuStack.Pascal, () =>
                Whole(GpuStack.Pascal, Pascal with { Capability = new(6, 0) })
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_missing_driver_is_refused_by_name() =>
        Assert.Contains(
            "No NVIDIA driver answers",
            Refusal(GpuStack.Current, Whole(GpuStack.Current) with { Driver = null }),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_with_the_number_of_them() =>
        Assert.Contains(
            "no GPU number 2 here: driver 580.65 shows 1 of them",
            ProviderRules.Refusal(Choice("cuda") with { Device = 2 }, GpuStack.Current, () => Whole(GpuStack.Current, Turing)),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_driver_too_old_for_the_stacks_cuda_is_refused_with_its_branch()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Turing) with { Driver = "535.104", DriverCuda = new(12, 2) });
        Assert.Contains("up to CUDA 12.2", refusal, StringComparison.Ordinal);
        Assert.Contains("branch 580", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void An_onnx_runtime_without_the_provider_is_refused_with_the_package()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Turing) with { Providers = ["CPUExecutionProvider"] });
        Assert.Contains("no TensorrtExecutionProvider (it has CPUExecutionProvider)", refusal, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu 1.31.0", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_library_is_refused_with_what_to_install()
    {
        GpuMachine machine = Whole(GpuStack.Pascal, Pascal);
        string? refusal = Refusal(GpuStack.Pascal, machine with { Libraries = machine.Libraries with { TensorRt = null } });
        Assert.Contains(
            "needs TensorRT 8, and no libnvinfer is found: install CUDA 11.8, cuDNN 8.9 and TensorRT 8.6.1",
            refusal,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Cuda")]
    [InlineData("Cudnn")]
    [InlineData("TensorRt")]
    public void A_library_of_another_major_version_is_refused_with_both(string which)
    {
        var other = new Version(99, 1);
        GpuMachine machine = Whole(GpuStack.Current, Turing);
        LibraryVersions libraries = which switch
        {
            "Cuda" => machine.Libraries with { Cuda = other },
            "Cudnn" => machine.Libraries with { Cudnn = other },
            _ => machine.Libraries with { TensorRt = other },
        };
        Assert.Contains(
            "version 99.1 is found",
            Refusal(GpuStack.Current, machine with { Libraries = libraries }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_cuda_provider_needs_no_tensor_rt()
    {
        GpuMachine machine = Whole(GpuStack.Current, Turing);
        Assert.Null(
            ProviderRules.Refusal(Choice("cuda"), GpuStack.Current, () =>
                machine with
                {
                    Libraries = machine.Libraries with { TensorRt = null },
                }
            )
        );
    }

    [Theory]
    [InlineData("rocm", "fp32", 0)]
    [InlineData("cuda", "fp64", 0)]
    [InlineData("cuda", "fp32", -1)]
    public void A_choice_that_does_not_exist_is_wrong_usage(string provider, string precision, int device) =>
        Assert.Throws<UsageException>(() => (Choice(provider, precision) with { Device = device }).Checked());

    private static string? Refusal(GpuStack stack, GpuMachine machine) => ProviderRules.Refusal(Choice("tensorrt"), stack, () => machine);

    private static EngineChoice Choice(string provider, string precision = "fp32") => new() { Provider = provider, Precision = precision };

    private static GpuMachine Whole(GpuStack stack, params GpuDevice[] devices) =>
        new(
            ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"],
            "580.65",
            new(13, 0),
            devices,
            new(new(stack.CudaMajor, 8), new(stack.CudnnMajor, 9, 7), new(stack.TensorRtMajor, 6, 1))
        );

    private static GpuMachine NotAsked() => throw new InvalidOperationException("The machine was looked at.");
}
