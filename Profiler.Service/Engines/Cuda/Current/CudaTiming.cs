using FasterSeg.Profiler.Service.Engines.Gpu;
using FasterSeg.Profiler.Service.Measuring;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace FasterSeg.Profiler.Service.Engines.Cuda;

/// <summary>CUDA events on a stream of ours, in the device's primary context, which is ONNX Runtime's too.</summary>
internal sealed class CudaTiming : IGpuTiming, IDeviceEvents
{
    private readonly PrimaryContext context;
    private readonly CudaStream stream;
    private readonly CudaEvent start;
    private readonly CudaEvent stop;

    private CudaTiming(int device)
    {
        context = new PrimaryContext(device);
        context.SetCurrent();
        stream = new CudaStream(CUStreamFlags.None);
        start = new CudaEvent(CUEventFlags.Default);
        stop = new CudaEvent(CUEventFlags.Default);
        Timer = new EventRunTimer(this);
    }

    public IRunTimer Timer { get; }

    public nint? Stream => stream.Stream.Pointer;

    /// <summary>Makes the stream and its events, which live as long as the process.</summary>
    /// <param name="device">The device's number, as the process counts them.</param>
    /// <param name="time">Not needed: the device has a clock of its own.</param>
    public static IGpuTiming Create(int device, TimeProvider time) => new CudaTiming(device);

    public void Start()
    {
        // The measuring thread need not be the one that made the context.
        context.SetCurrent();
        start.Record(stream.Stream);
    }

    public void Stop() => stop.Record(stream.Stream);

    public double AwaitMs()
    {
        stop.Synchronize();
        return CudaEvent.ElapsedTime(start, stop);
    }
}
