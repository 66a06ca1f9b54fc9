namespace FasterSeg.Latency.Tables;

/// <summary>All that must agree for two latencies to be comparable. Two tables merge only when their identities are equal.</summary>
/// <param name="DeviceName">The device as its driver or the processor names it.</param>
/// <param name="DeviceUuid">Identifies the physical device.</param>
/// <param name="ComputeCapability">Of a CUDA device, e.g. <c>6.1</c>; null on a CPU.</param>
/// <param name="Driver">Version of the device's driver; null on a CPU.</param>
/// <param name="Provider">Execution provider, one of <see cref="ExecutionProviders"/>.</param>
/// <param name="OnnxRuntime">Version of ONNX Runtime; null where a table was measured without it.</param>
/// <param name="TensorRt">Version of TensorRT, where it was used.</param>
/// <param name="Cudnn">Version of cuDNN, where it was used.</param>
/// <param name="Precision"><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</param>
/// <param name="Threads">CPU threads of a session; 0 where it does not matter or is not known.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="Protocol">How the numbers were taken: name and settings of the measuring protocol in one line.</param>
public sealed record TableIdentity(
    string DeviceName,
    string DeviceUuid,
    string? ComputeCapability,
    string? Driver,
    string Provider,
    string? OnnxRuntime,
    string? TensorRt,
    string? Cudnn,
    string Precision,
    int Threads,
    int BatchSize,
    string Protocol
)
{
    /// <summary>Images in a second where a run, of a whole batch, takes so long.</summary>
    /// <param name="latencyMs">The latency, ms.</param>
    public double FramesPerSecond(double latencyMs) => 1000.0 * Math.Max(1, BatchSize) / latencyMs;

    /// <summary>As <see cref="DifferenceFrom"/>, but for the protocol: how two things were sampled may differ where on what may
    /// not.</summary>
    public string? DifferenceOfTargets(TableIdentity other) => DifferenceFrom(other with { Protocol = Protocol });

    /// <summary>The first field in which two identities differ, with both values; null where they agree.</summary>
    public string? DifferenceFrom(TableIdentity other)
    {
        (string Name, object? Mine, object? Theirs)[] fields =
        [
            ("device name", DeviceName, other.DeviceName),
            ("device UUID", DeviceUuid, other.DeviceUuid),
            ("compute capability", ComputeCapability, other.ComputeCapability),
            ("driver", Driver, other.Driver),
            ("execution provider", Provider, other.Provider),
            ("ONNX Runtime version", OnnxRuntime, other.OnnxRuntime),
            ("TensorRT version", TensorRt, other.TensorRt),
            ("cuDNN version", Cudnn, other.Cudnn),
            ("precision", Precision, other.Precision),
            ("number of threads", Threads, other.Threads),
            ("batch size", BatchSize, other.BatchSize),
            ("protocol", Protocol, other.Protocol),
        ];
        (string? name, object? mine, object? theirs) = fields.FirstOrDefault(field => !Equals(field.Mine, field.Theirs));
        return name is null ? null : $"the {name} is '{mine ?? "none"}' in one and '{theirs ?? "none"}' in the other";
    }
}
