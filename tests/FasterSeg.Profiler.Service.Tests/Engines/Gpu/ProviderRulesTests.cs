using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class ProviderRulesTests
{
    private static readonly GpuDevice Pascal = new("NVIDIA GeForce GTX 1080 Ti", "GPU-1", new(6, 1), 11L << 30);
    private static readonly GpuDevice Turing = new("NVIDIA GeForce RTX 2080", "GPU-2", new(7, 5), 8L << 30);

    [Fact]
    public void TheCpuInFp32_IsRefusedNowhere() => Assert.Null(ProviderRules.Refusal(new(), stack: null, NotAsked));

    [Theory]
    [InlineData("fp16")]
    [InlineData("int8")]
    public void AnotherPrecisionOnTheCpu_IsRefused(string precision) =>
        Assert.Contains(
            $"not in {precision}",
            ProviderRules.Refusal(new() { Precision = precision }, stack: null, NotAsked),
            StringComparison.Ordinal
        );

    [Fact]
    public void AGpuInABuildForTheCpu_IsRefusedWithTheBuildsToMake()
    {
        string? refusal = ProviderRules.Refusal(Choice("tensorrt"), stack: null, NotAsked);
        Assert.Contains("-p:Gpu=pascal", refusal, StringComparison.Ordinal);
        Assert.Contains("-p:Gpu=current", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8WithoutTensorRt_IsRefused() =>
        Assert.Contains(
            "--provider tensorrt",
            ProviderRules.Refusal(Choice("cuda", "int8"), GpuStack.Current, NotAsked),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("cuda", "fp32")]
    [InlineData("tensorrt", "fp32")]
    [InlineData("tensorrt", "int8")]
    public void APascalCardWithItsStack_IsTaken(string provider, string precision) =>
        Assert.Null(ProviderRules.Refusal(Choice(provider, precision), GpuStack.Pascal, () => Whole(GpuStack.Pascal, Pascal)));

    [Theory]
    [InlineData("cuda", "fp32")]
    [InlineData("cuda", "fp16")]
    [InlineData("tensorrt", "int8")]
    public void ATuringCardWithTodaysStack_IsTaken(string provider, string precision) =>
        Assert.Null(ProviderRules.Refusal(Choice(provider, precision), GpuStack.Current, () => Whole(GpuStack.Current, Turing)));

    [Fact]
    public void APascalCardWithTodaysStack_IsRefusedWithTheStackThatRunsOnIt()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Pascal));
        Assert.Contains("GTX 1080 Ti has compute capability 6.1", refusal, StringComparison.Ordinal);
        Assert.Contains("-p:Gpu=pascal", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void ACardOlderThanAnyStack_IsRefusedWithoutOne() =>
        Assert.Contains(
            "no stack of this program is old enough",
            Refusal(GpuStack.Pascal, Whole(GpuStack.Pascal, Pascal with { Capability = new(5, 2) })),
            StringComparison.Ordinal
        );

    [Fact]
    public void ACardNewerThanThePascalStack_IsRefusedWithTheOther() =>
        Assert.Contains(
            "-p:Gpu=current",
            Refusal(GpuStack.Pascal, Whole(GpuStack.Pascal, Turing with { Capability = new(12, 0) })),
            StringComparison.Ordinal
        );

    [Fact]
    public void Fp16OnAPascalCard_IsRefused() =>
        Assert.Contains(
            "fp16 at a fraction",
            ProviderRules.Refusal(Choice("cuda", "fp16"), GpuStack.Pascal, () => Whole(GpuStack.Pascal, Pascal)),
            StringComparison.Ordinal
        );

    [Fact]
    public void Int8OnAP100_WhichHasNone_IsRefused() =>
        Assert.Contains(
            "int8 is computed from 6.1 on",
            ProviderRules.Refusal(Choice("tensorrt", "int8"), GpuStack.Pascal, () =>
                Whole(GpuStack.Pascal, Pascal with { Capability = new(6, 0) })
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void AMissingDriver_IsRefusedByName() =>
        Assert.Contains(
            "No NVIDIA driver answers",
            Refusal(GpuStack.Current, Whole(GpuStack.Current) with { Driver = null }),
            StringComparison.Ordinal
        );

    [Fact]
    public void AGpuThatIsNotThere_IsRefusedWithTheNumberOfThem() =>
        Assert.Contains(
            "no GPU number 2 here: driver 580.65 shows 1 of them",
            ProviderRules.Refusal(Choice("cuda") with { Device = 2 }, GpuStack.Current, () => Whole(GpuStack.Current, Turing)),
            StringComparison.Ordinal
        );

    [Fact]
    public void ADriverTooOldForTheStacksCuda_IsRefusedWithItsBranch()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Turing) with { Driver = "535.104", DriverCuda = new(12, 2) });
        Assert.Contains("up to CUDA 12.2", refusal, StringComparison.Ordinal);
        Assert.Contains("branch 580", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOnnxRuntimeWithoutTheProvider_IsRefusedWithThePackage()
    {
        string? refusal = Refusal(GpuStack.Current, Whole(GpuStack.Current, Turing) with { Providers = ["CPUExecutionProvider"] });
        Assert.Contains("no TensorrtExecutionProvider (it has CPUExecutionProvider)", refusal, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu 1.31.0", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingLibrary_IsRefusedWithWhatToInstall()
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
    public void ALibraryOfAnotherMajorVersion_IsRefusedWithBoth(string which)
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
    public void TheCudaProvider_NeedsNoTensorRt()
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
    public void AChoiceThatDoesNotExist_IsWrongUsage(string provider, string precision, int device) =>
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
