using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg lut random</c> says.</summary>
/// <param name="Table">The table's file.</param>
/// <param name="Target">The band of the estimate, such as <c>20-24 ms</c>, or <c>auto</c>.</param>
/// <param name="Role">Student or teacher.</param>
/// <param name="Seed">Starts the sequence of random networks.</param>
/// <param name="Out">The network's file, JSON.</param>
/// <param name="Onnx">The file of the network with random weights; null where none is wanted.</param>
/// <param name="Overwrite">They may be replaced.</param>
public sealed record LutRandomArguments(string Table, string Target, Role Role, int Seed, string Out, string? Onnx, bool Overwrite);
