using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;

namespace FasterSeg.Search.Client.Commands;

/// <summary>What the command line of <c>fasterseg measure</c> says.</summary>
/// <param name="Onnx">The network's file.</param>
/// <param name="Profiler">Who measures; null is this machine.</param>
/// <param name="Measuring">How to measure.</param>
/// <param name="Shapes">Sides of inputs that the file leaves open.</param>
public sealed record MeasureArguments(string Onnx, ProfilerAddress? Profiler, MeasuringOptions Measuring, IReadOnlyList<InputShape> Shapes);
