namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>What of a GPU's software and hardware is there on a machine.</summary>
/// <param name="Providers">Execution providers in this build of ONNX Runtime, as it names them.</param>
/// <param name="Driver">Version of NVIDIA's driver; null where none answers.</param>
/// <param name="DriverCuda">Newest CUDA version that the driver can run; null where it is not known.</param>
/// <param name="Devices">The GPUs, in the order of nvidia-smi.</param>
/// <param name="Libraries">The libraries that the dynamic loader finds.</param>
public sealed record GpuMachine(
    IReadOnlyList<string> Providers,
    string? Driver,
    Version? DriverCuda,
    IReadOnlyList<GpuDevice> Devices,
    LibraryVersions Libraries
);
