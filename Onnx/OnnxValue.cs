namespace FasterSeg.Onnx;

/// <summary>A map in a graph under construction: the name of its tensor and its shape without the batch.</summary>
/// <param name="Name">Name of the tensor within the graph.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record OnnxValue(string Name, int Channels, int Height, int Width);
