using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Where a session's inputs and outputs lie, and how a run of it ends.</summary>
/// <param name="Device">Number of the CUDA device that they lie on; null for main memory.</param>
/// <param name="Asynchronous">A run returns as soon as its work is queued: whoever times it waits.</param>
/// <param name="Elements">Kind of number that inputs and outputs have to be.</param>
public sealed record SessionBinding(int? Device = null, bool Asynchronous = false, TensorElementType Elements = TensorElementType.Float)
{
    /// <summary>Main memory, float32.</summary>
    public static SessionBinding Host { get; } = new();

    /// <summary>The kind of number as a person says it.</summary>
    public string ElementName => Elements == TensorElementType.Float16 ? "float16" : "float32";

    /// <summary>Allocates on a CUDA device, for a session that runs there. It has to outlive what it allocates.</summary>
    public static OrtAllocator DeviceAllocator(InferenceSession session, int device)
    {
        using var memory = new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default);
        return new OrtAllocator(session, memory);
    }
}
