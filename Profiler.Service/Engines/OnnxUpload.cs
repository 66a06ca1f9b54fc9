using FasterSeg.Protos.Onnx;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Looks at a model that came from elsewhere before ONNX Runtime does.</summary>
public static class OnnxUpload
{
    /// <summary>Checks that the bytes are one whole, self-contained model.</summary>
    /// <exception cref="UnusableModelException">They are not; the message says why.</exception>
    public static void Check(byte[] onnx)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(onnx);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new UnusableModelException($"The {onnx.Length} bytes are no whole ONNX file (truncated, or of another kind): export it anew and send all of it.", fault);
        }
        if (model.Graph is null || model.Graph.Node.Count == 0)
            throw new UnusableModelException($"The {onnx.Length} bytes hold no ONNX graph (truncated, or of another kind): export it anew and send all of it.");
        // Such a tensor names a file of the client's, which ONNX Runtime would look for on this machine.
        if (model.Graph.Initializer.Concat(model.Graph.Node.SelectMany(node => node.Attribute).Select(attribute => attribute.T))
                .FirstOrDefault(tensor => tensor is { DataLocation: TensorProto.Types.DataLocation.External }) is { } external)
            throw new UnusableModelException($"The weights '{external.Name}' are kept in another file: export the model with its weights inside.");
    }
}
