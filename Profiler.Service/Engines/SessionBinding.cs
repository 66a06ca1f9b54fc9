using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Where a session's inputs and outputs lie, and how a run of it ends.</summary>
/// <param name="Device">Number of the CUDA device that they lie on; null for main memory.</param>
/// <param name="Asynchronous">A run returns as soon as its work is queued: whoever times it waits.</param>
/// <param name="OutputsInMainMemory">
/// Outputs are copied there in each run, to be read; whoever times runs leaves them where they are.
/// </param>
public sealed record SessionBinding(int? Device = null, bool Asynchronous = false, bool OutputsInMainMemory = false)
{
    /// <summary>Main memory.</summary>
    public static SessionBinding Host { get; } = new();

    /// <summary>The memory that outputs lie in.</summary>
    public OrtMemoryInfo OutputMemory() =>
        Device is { } device && !OutputsInMainMemory
            ? new("Cuda", OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default)
            : new(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

    /// <summary>Allocates outputs where they lie; null where that is main memory. It has to outlive what it allocates.</summary>
    public OrtAllocator? OutputAllocator(InferenceSession session)
    {
        if (Device is null || OutputsInMainMemory)
            return null;
        using OrtMemoryInfo memory = OutputMemory();
        return new OrtAllocator(session, memory);
    }
}
