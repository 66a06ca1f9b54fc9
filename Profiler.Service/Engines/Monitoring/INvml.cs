using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>NVIDIA's management library: what the driver tells without a CUDA context, so without disturbing a measurement.</summary>
public interface INvml
{
    /// <summary>Version of the driver, e.g. <c>550.54.15</c>; null where no driver answers.</summary>
    string? Driver { get; }

    /// <summary>Newest CUDA version that the driver can run; null where it does not say.</summary>
    Version? Cuda { get; }

    /// <summary>The GPUs, in the order of nvidia-smi.</summary>
    IReadOnlyList<GpuDevice> Devices();

    /// <summary>Looks after one of them.</summary>
    IDeviceMonitor Monitor(int device);
}
