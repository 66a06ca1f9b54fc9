using FasterSeg.Search.Native;
using FasterSeg.Search.Native.Kernels;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>machine</c>: what a run was made on. The program writes it and reads nothing from it.</summary>
public sealed class MachineOptions
{
    private const string NotUsed = "not used";

    /// <summary>The processor.</summary>
    public string Processor { get; set; } = "unknown";

    /// <summary>libtorch's kernels, and how their check came out.</summary>
    public string Torch { get; set; } = NotUsed;

    /// <summary>This machine.</summary>
    public static MachineOptions Here() =>
        new() { Processor = ProcessorFingerprint.Words, Torch = TorchLoader.Kernels?.ToString() ?? NotUsed };
}
