using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines.Caches;
using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Engines.Monitoring;
using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Makes the engine that was chosen, or says why this build or this machine has none.</summary>
public static class EngineFactory
{
    /// <summary>The engine. Starts no work on a GPU.</summary>
    /// <param name="choice">What was chosen.</param>
    /// <param name="threads">CPU threads of a session where a request does not say.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="UsageException">The choice is wrong on any machine.</exception>
    /// <exception cref="UserErrorException">Something is missing; the message says what, and how to get it.</exception>
    public static IEngine Create(EngineChoice choice, int threads, TimeProvider time) =>
        Create(choice, threads, time, GpuStack.Built, new Nvml());

    /// <summary>The same with a stack and a driver of one's own.</summary>
    public static IEngine Create(EngineChoice choice, int threads, TimeProvider time, GpuStack? stack, INvml nvml)
    {
        GpuMachine? machine = null;
        if (ProviderRules.Refusal(choice.Checked(), stack, () => machine = Read(stack!, nvml)) is { } refusal)
            throw new UserErrorException(refusal);
        DeviceFacts host = CpuFacts.Read(threads);
        if (choice.IsCpu)
            return new CpuEngine(host, time);
        return new GpuEngine(
            choice,
            machine!.Devices[choice.Device],
            host,
            machine.Driver!,
            machine.Libraries,
            stack!,
            nvml.Monitor(choice.Device),
            () => Timing(time),
            new EngineCache(choice.ResolveCachesFolder(), choice.CacheLimitBytes, time),
            time
        );
    }

    private static GpuMachine Read(GpuStack stack, INvml nvml) =>
        new(OrtEnv.Instance().GetAvailableProviders(), nvml.Driver, nvml.Cuda, nvml.Devices(), LibraryProbe.Read(stack));

#if GPU
    private static IGpuTiming Timing(TimeProvider time) => Cuda.CudaTiming.Create(device: 0, time);
#else
    private static IGpuTiming Timing(TimeProvider time) =>
        throw new InvalidOperationException($"This program is built without CUDA ({time.GetType().Name}).");
#endif
}
