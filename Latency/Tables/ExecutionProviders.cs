namespace FasterSeg.Latency.Tables;

/// <summary>ONNX Runtime's execution providers, as tables, configurations and command lines spell them.</summary>
public static class ExecutionProviders
{
    /// <summary>The one that every machine has.</summary>
    public const string Cpu = "cpu";

    /// <summary>CUDA, on a GPU of NVIDIA's.</summary>
    public const string Cuda = "cuda";

    /// <summary>TensorRT, on a GPU of NVIDIA's.</summary>
    public const string TensorRt = "tensorrt";

    /// <summary>All that there are, whether a build has them or not.</summary>
    public static IReadOnlyList<string> All { get; } = [Cpu, Cuda, TensorRt];
}
