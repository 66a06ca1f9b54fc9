using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>
/// Says why a machine cannot measure what was chosen. Nothing falls back: what is missing is named, with how to get it.
/// </summary>
public static class ProviderRules
{
    private static readonly Version FastInt8 = new(6, 1);

    /// <summary>The first reason in a sentence; null where nothing stands against it.</summary>
    /// <param name="choice">What was chosen.</param>
    /// <param name="stack">What the program was built for; null for the CPU alone.</param>
    /// <param name="machine">Reads what is there; not asked where the choice is wrong on any machine.</param>
    public static string? Refusal(EngineChoice choice, GpuStack? stack, Func<GpuMachine> machine)
    {
        if (choice.IsCpu)
        {
            return choice.Precision == Precisions.Fp32
                ? null
                : $"The CPU measures in fp32 only, not in {choice.Precision}: leave --precision "
                    + "away, or name a GPU's provider (--provider tensorrt).";
        }
        if (stack is null)
            return $"This program is built for the CPU alone, without '{choice.Provider}': build it with -p:Gpu=pascal (GTX 10 series) "
                + "or -p:Gpu=current (GTX 16 series, RTX and newer); docs/gpu.md says how.";
        if (choice is { Provider: ExecutionProviders.Cuda, Precision: Precisions.Int8 })
            return "The CUDA provider has no int8 convolutions: measure int8 with --provider tensorrt.";
        GpuMachine found = machine();
        return MissingProvider(choice, stack, found)
            ?? MissingDevice(choice, stack, found)
            ?? Unsupported(found.Devices[choice.Device], choice, stack)
            ?? MissingLibrary(choice, stack, found.Libraries);
    }

    /// <summary>What ONNX Runtime calls a GPU's provider.</summary>
    public static string NameOf(string provider) =>
        provider switch
        {
            ExecutionProviders.TensorRt => "TensorrtExecutionProvider",
            ExecutionProviders.Cuda => "CUDAExecutionProvider",
            _ => throw new ArgumentException($"'{provider}' is no provider of a GPU.", nameof(provider)),
        };

    private static string? MissingProvider(EngineChoice choice, GpuStack stack, GpuMachine machine)
    {
        string name = NameOf(choice.Provider);
        return machine.Providers.Contains(name)
            ? null
            : $"The ONNX Runtime beside this program has no {name} (it has {string.Join(", ", machine.Providers)}): another "
                + $"package has replaced Microsoft.ML.OnnxRuntime.Gpu {stack.OnnxRuntime}; publish anew with -p:Gpu={stack.Name}.";
    }

    private static string? MissingDevice(EngineChoice choice, GpuStack stack, GpuMachine machine)
    {
        if (machine.Driver is null)
            return "No NVIDIA driver answers on this machine (libnvidia-ml.so.1 or libcuda.so.1 cannot be "
                + "used): install the driver, see that nvidia-smi lists the GPU, and give a container the GPU "
                + "(--gpus, or the nvidia device reservation in docker-compose.yml).";
        if (choice.Device >= machine.Devices.Count)
            return $"There is no GPU number {choice.Device} here: driver {machine.Driver} shows {machine.Devices.Count} of them, "
                + "counted from 0 as nvidia-smi does.";
        if (machine.DriverCuda is { } cuda && cuda.Major < stack.CudaMajor)
            return $"Driver {machine.Driver} runs programs up to CUDA {cuda}, and this one needs CUDA {stack.CudaMajor}: install a "
                + "newer driver (CUDA 13 needs branch 580 or later), or build with -p:Gpu=pascal.";
        return null;
    }

    private static string? Unsupported(GpuDevice device, EngineChoice choice, GpuStack stack)
    {
        string who = $"{device.Name} has compute capability {device.Capability}";
        if (device.Capability < stack.Lowest)
        {
            return stack.Name == GpuStack.Pascal.Name
                ? $"{who}, and these libraries run from {stack.Lowest} on: no stack of this program is old enough for it."
                : $"{who}, and TensorRT 10 and ONNX Runtime {stack.OnnxRuntime} run from {stack.Lowest} on: build with "
                    + "-p:Gpu=pascal, whose TensorRT 8.6 and CUDA 11.8 are the last for it.";
        }
        if (stack.Beyond is { } beyond && device.Capability >= beyond)
            return $"{who}, and CUDA {stack.CudaMajor} knows nothing from {beyond} on: build with -p:Gpu=current.";
        if (choice.Precision == Precisions.Fp16 && (device.Capability.Major < 6 || device.Capability == FastInt8))
            return $"{who}, which computes fp16 at a fraction of its fp32 speed: measure with --precision fp32, or int8 with TensorRT.";
        if (choice.Precision == Precisions.Int8 && device.Capability < FastInt8)
            return $"{who}, and int8 is computed from {FastInt8} on: measure with --precision fp32.";
        return null;
    }

    private static string? MissingLibrary(EngineChoice choice, GpuStack stack, LibraryVersions libraries)
    {
        string? cuda = Wrong("the CUDA runtime", libraries.Cuda, stack.CudaMajor, "libcudart");
        string? cudnn = Wrong("cuDNN", libraries.Cudnn, stack.CudnnMajor, "libcudnn");
        return cuda
            ?? cudnn
            ?? (
                choice.Provider == ExecutionProviders.TensorRt
                    ? Wrong("TensorRT", libraries.TensorRt, stack.TensorRtMajor, "libnvinfer")
                    : null
            );

        string? Wrong(string what, Version? found, int major, string file) =>
            found?.Major == major
                ? null
                : $"This program (-p:Gpu={stack.Name}) needs {what} {major}, and "
                    + $"{(found is null ? $"no {file} is found" : $"version {found} is found")}: install {stack.Install}, and put "
                    + "their folders on LD_LIBRARY_PATH.";
    }
}
