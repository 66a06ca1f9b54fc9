using FasterSeg.Latency.Networks;
using FasterSeg.Search.Export;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg export</c> says.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Role">Which network.</param>
/// <param name="Onnx">The ONNX file; null writes none.</param>
/// <param name="Full">Also the x8 upsampling of the logits.</param>
/// <param name="Form">What the ONNX file takes and gives.</param>
/// <param name="Size">Rows and columns of its input; null takes those of the run's space.</param>
/// <param name="Safetensors">The weights for PyTorch; null writes none.</param>
/// <param name="Data">The data set whose classes the file names; null takes those that the run keeps.</param>
/// <param name="Overwrite">The files may be replaced.</param>
public sealed record ExportArguments(
    string Run,
    Role Role,
    string? Onnx,
    bool Full,
    ExportForm Form,
    (int Height, int Width)? Size,
    string? Safetensors,
    string? Data,
    bool Overwrite
);
