using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg export</c> says.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Role">Which network.</param>
/// <param name="Onnx">The file.</param>
/// <param name="Full">Also the x8 upsampling of the logits.</param>
/// <param name="Argmax">Classes instead of logits.</param>
/// <param name="Overwrite">The file may be replaced.</param>
public sealed record ExportArguments(string Run, Role Role, string Onnx, bool Full, bool Argmax, bool Overwrite);
