using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Measuring;
using ManagedCuda;

namespace FasterSeg.Profiler.Service.Engines.Cuda;

/// <summary>
/// Runs between two moments at which the device is idle. ONNX Runtime 1.17 takes no stream among its options, and an event on a stream
/// of ours would not wait for its.
/// </summary>
internal sealed class CudaTiming : IGpuTiming
{
    private readonly PrimaryContext context;

    private CudaTiming(int device, TimeProvider time)
    {
        context = new PrimaryContext(device);
        Timer = new SynchronizedRunTimer(Synchronize, time);
    }

    public IRunTimer Timer { get; }

    public nint? Stream => null;

    /// <summary>Takes hold of the device's primary context, which is ONNX Runtime's too, for as long as the process lives.</summary>
    /// <param name="device">The device's number, as the process counts them.</param>
    /// <param name="time">The clock.</param>
    public static IGpuTiming Create(int device, TimeProvider time) => new CudaTiming(device, time);

    private void Synchronize()
    {
        // The measuring thread need not be the one that made the context.
        context.SetCurrent();
        context.Synchronize();
    }
}
