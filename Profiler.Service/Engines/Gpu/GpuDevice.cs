namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>A GPU, as its driver tells it.</summary>
/// <param name="Name">Its name, e.g. <c>NVIDIA GeForce GTX 1080 Ti</c>.</param>
/// <param name="Uuid">Identifies the physical device, e.g. <c>GPU-...</c>.</param>
/// <param name="Capability">Compute capability, e.g. 6.1.</param>
/// <param name="MemoryBytes">Memory of the device.</param>
public sealed record GpuDevice(string Name, string Uuid, Version Capability, long MemoryBytes);
