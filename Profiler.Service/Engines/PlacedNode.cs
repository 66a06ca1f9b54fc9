namespace FasterSeg.Profiler.Service.Engines;

/// <summary>A node of an optimized graph and where it ran.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Operator">Its operator, e.g. <c>Conv</c>; what the optimizer made has names of its own.</param>
/// <param name="Provider">The execution provider, as ONNX Runtime names it.</param>
public sealed record PlacedNode(string Name, string Operator, string Provider);
