namespace FasterSeg.Profiler.Service.Engines;

/// <summary>What an engine measures on.</summary>
/// <param name="Name">The device as its driver or the processor names it.</param>
/// <param name="Uuid">Identifies the physical device.</param>
/// <param name="OperatingSystem">The operating system in words.</param>
/// <param name="OnnxRuntime">Version of ONNX Runtime.</param>
/// <param name="LogicalCores">Logical cores that this process may use.</param>
/// <param name="MemoryBytes">Main memory that this process may use.</param>
/// <param name="DefaultThreads">CPU threads of a session where a request does not say.</param>
public sealed record DeviceFacts(
    string Name,
    string Uuid,
    string OperatingSystem,
    string OnnxRuntime,
    int LogicalCores,
    long MemoryBytes,
    int DefaultThreads
);
