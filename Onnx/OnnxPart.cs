using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>One part of a network, as read back from its model.</summary>
/// <param name="Number">Its number in the graph, from 0.</param>
/// <param name="Spec">What it is.</param>
/// <param name="Nodes">Its nodes in the order of the graph.</param>
public sealed record OnnxPart(int Number, OperatorSpec Spec, IReadOnlyList<NodeProto> Nodes);
