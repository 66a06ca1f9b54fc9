using FasterSeg.Profiler.Service.Engines.Wire;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// A look at the bytes of an ONNX file as they come, in constant memory: parsed, a file of empty nodes takes a hundred bytes for each of
/// its own. It counts what parsing would make objects of, and refuses what is no such file at the first byte that shows it. What it passes
/// may be parsed, which the worker does (<see cref="OnnxUpload"/>).
/// </summary>
public sealed class OnnxLook
{
    /// <summary>Most fields of all messages of a model. Parsed, each takes some hundred bytes.</summary>
    public const int MostFields = 2_000_000;

    // Field numbers of onnx.proto.
    private const int GraphSparse = 15,
        AttributeSparse = 22,
        AttributeSparses = 23;

    private enum Kind
    {
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        Value,
        Type,
        TypedTensor,
        Shape,
        Entry,
    }

    // What a message holds, by the number of the field; what is not here is a number, a text or bytes, or nothing that is known.
    private static readonly Dictionary<(Kind, int), Kind> Messages = new()
    {
        [(Kind.Model, 7)] = Kind.Graph,
        [(Kind.Model, 8)] = Kind.Entry,
        [(Kind.Model, 14)] = Kind.Entry,
        [(Kind.Graph, 1)] = Kind.Node,
        [(Kind.Graph, 5)] = Kind.Tensor,
        [(Kind.Graph, 11)] = Kind.Value,
        [(Kind.Graph, 12)] = Kind.Value,
        [(Kind.Graph, 13)] = Kind.Value,
        [(Kind.Node, 5)] = Kind.Attribute,
        [(Kind.Attribute, 5)] = Kind.Tensor,
        [(Kind.Attribute, 6)] = Kind.Graph,
        [(Kind.Attribute, 10)] = Kind.Tensor,
        [(Kind.Attribute, 11)] = Kind.Graph,
        [(Kind.Tensor, 13)] = Kind.Entry,
        [(Kind.Value, 2)] = Kind.Type,
        [(Kind.Type, 1)] = Kind.TypedTensor,
        [(Kind.TypedTensor, 2)] = Kind.Shape,
        [(Kind.Shape, 1)] = Kind.Entry,
    };

    private readonly WireReader reader;
    private readonly Stack<Kind> open = new([Kind.Model]);
    private int fields;
    private int nodes;
    private int graphs;

    /// <summary>A look that has seen nothing.</summary>
    public OnnxLook() => reader = new(Enter, Leave);

    /// <summary>Looks at the next bytes.</summary>
    /// <exception cref="UnusableModelException">They are not those of a model that is measured here; the message says why.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (!reader.Read(bytes))
            throw NoFile(reader.Length);
    }

    /// <summary>There are no more bytes.</summary>
    /// <exception cref="UnusableModelException">They end in the middle, or there is no graph.</exception>
    public void End()
    {
        if (!reader.IsWhole)
            throw NoFile(reader.Length);
        if (graphs == 0)
            throw new UnusableModelException(
                $"The {reader.Length} bytes hold no ONNX graph (truncated, or of another kind): export it anew and send all of it."
            );
    }

    private static UnusableModelException NoFile(long bytes) =>
        new($"The {bytes} bytes are no whole ONNX file (truncated, or of another kind): export it anew and send all of it.");

    /// <summary>A field begins.</summary>
    /// <returns>Whether what it holds is a message to go into.</returns>
    private bool Enter(int field, bool hasLength)
    {
        if (++fields > MostFields)
            throw new UnusableModelException(
                $"The model has more than {MostFields} fields, the most that are read here: export it with its weights as raw data."
            );
        Kind kind = open.Peek();
        if ((kind == Kind.Graph && field == GraphSparse) || (kind == Kind.Attribute && field is (AttributeSparse or AttributeSparses)))
            throw OnnxUpload.Sparse();
        if (!hasLength || !Messages.TryGetValue((kind, field), out Kind inner))
            return false;
        if (inner == Kind.Node && ++nodes > OnnxUpload.MostNodes)
            throw OnnxUpload.TooManyNodes();
        if (inner == Kind.Graph)
        {
            graphs++;
            if (open.Count(each => each == Kind.Graph) > OnnxUpload.DeepestGraph)
                throw OnnxUpload.TooDeep();
        }
        open.Push(inner);
        return true;
    }

    private void Leave() => open.Pop();
}
