using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Client;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// Looks at a model that came from elsewhere before ONNX Runtime does: it must be one whole file that names no other, with operators
/// of the standard only, and of a bounded size. It parses the file, which takes a multiple of its bytes: the service leaves that to its
/// worker and looks at the bytes alone (<see cref="OnnxLook"/>).
/// </summary>
public static class OnnxUpload
{
    /// <summary>Most nodes, those of inner graphs included; a derived network has some 100.</summary>
    public const int MostNodes = 20_000;

    /// <summary>Most elements of the map between two nodes that a model may declare.</summary>
    public const long MostElements = 1L << 31;

    internal const int DeepestGraph = 8;

    // The standard's domain has two names, and a second one for trees and the like; the last one holds what ONNX Runtime itself fuses nodes
    // into.
    private static readonly HashSet<string> KnownDomains = ["", "ai.onnx", "ai.onnx.ml", "com.microsoft"];

    /// <summary>Checks that the bytes are one whole, self-contained model with inputs of known sides.</summary>
    /// <exception cref="UnusableModelException">They are not; the message says why.</exception>
    public static void Check(byte[] onnx) => Prepare(onnx, []);

    /// <summary>The same, with sides for inputs that the model leaves open.</summary>
    /// <param name="onnx">The file.</param>
    /// <param name="shapes">The sides; none where the model fixes all of them.</param>
    /// <returns>The model to measure: the very bytes, unless sides were set in it.</returns>
    /// <exception cref="UnusableModelException">It is no such model; the message says why.</exception>
    public static byte[] Prepare(byte[] onnx, IReadOnlyList<InputShape> shapes)
    {
        var look = new OnnxLook();
        look.Read(onnx);
        look.End();
        ModelProto model = Parse(onnx);
        InputShapes.Fix(model, shapes);
        int nodes = 0;
        Check(model.Graph, depth: 0, ref nodes);
        InputShapes.RequireFixed(model);
        return shapes.Count == 0 ? onnx : model.ToByteArray();
    }

    private static ModelProto Parse(byte[] onnx)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(onnx);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new UnusableModelException(
                $"The {onnx.Length} bytes are no whole ONNX file (truncated, or of another kind): export it anew and send all of it.",
                fault
            );
        }
        if (model.Graph is null)
            throw new UnusableModelException(
                $"The {onnx.Length} bytes hold no ONNX graph (truncated, or of another kind): export it anew and send all of it."
            );
        if (model.Graph.Node.Count == 0)
            throw new UnusableModelException("The model's graph has no nodes: it computes nothing, so there is nothing to measure.");
        if (model.Functions.Count > 0 || model.TrainingInfo.Count > 0)
            throw new UnusableModelException(
                "The model has functions or training information of its own, which are not measured here: export it for "
                    + "inference, with its functions inlined."
            );
        return model;
    }

    private static void Check(GraphProto graph, int depth, ref int nodes)
    {
        if (depth > DeepestGraph)
            throw TooDeep();
        nodes += graph.Node.Count;
        if (nodes > MostNodes)
            throw TooManyNodes();
        if (graph.SparseInitializer.Count > 0)
            throw Sparse();
        foreach (TensorProto tensor in graph.Initializer)
            Check(tensor);
        foreach (ValueInfoProto value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            Check(value);
        foreach (NodeProto node in graph.Node)
        {
            if (!KnownDomains.Contains(node.Domain))
                throw new UnusableModelException(
                    $"The operator {node.OpType} is of the domain '{node.Domain}', whose library is not loaded here: export the "
                        + "model with standard operators."
                );
            foreach (AttributeProto attribute in node.Attribute)
            {
                if (attribute.SparseTensor.Count > 0 || attribute.SparseTensors.Count > 0)
                    throw Sparse();
                if (attribute.T is not null)
                    Check(attribute.T);
                foreach (TensorProto tensor in attribute.Tensors)
                    Check(tensor);
                if (attribute.G is not null)
                    Check(attribute.G, depth + 1, ref nodes);
                foreach (GraphProto inner in attribute.Graphs)
                    Check(inner, depth + 1, ref nodes);
            }
        }
    }

    // Such a tensor names a file of the client's, which ONNX Runtime would look for on this machine.
    private static void Check(TensorProto tensor)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.External && tensor.ExternalData.Count == 0)
            return;
        string file = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value is { Length: > 0 } location
            ? $" ('{location}')"
            : "";
        throw new UnusableModelException(
            $"The weights '{tensor.Name}' are kept in another file{file}, which is not sent with the model: save it with its "
                + "weights inside, e.g. with Python's onnx.save(onnx.load(FILE), OTHER_FILE)."
        );
    }

    private static void Check(ValueInfoProto value)
    {
        if (value.Type?.TensorType?.Shape is not { } shape)
            return;
        double elements = shape.Dim.Aggregate(1.0, (product, side) => product * Math.Max(1, side.DimValue));
        if (elements > MostElements)
            throw new UnusableModelException(
                $"The map '{value.Name}' would have {elements:0} elements, more than the {MostElements} that are measured here."
            );
    }

    internal static UnusableModelException TooManyNodes() =>
        new($"The model has more than {MostNodes} nodes, the most that are measured here.");

    internal static UnusableModelException TooDeep() =>
        new($"The model's graphs are nested more than {DeepestGraph} deep: export it without so many conditions and loops.");

    internal static UnusableModelException Sparse() =>
        new("The model has sparse weights, which are not measured here: export it with dense ones.");
}
