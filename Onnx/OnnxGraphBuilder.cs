using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>
/// Builds an ONNX model (opset 17, IR 8) out of operators. Shapes are static unless asked, values float32. Every node belongs to
/// exactly one part: its doc_string is the part's canonical key, its name <c>NNN key op</c> with the part's number.
/// </summary>
/// <param name="graphName">Name of the graph.</param>
/// <param name="batch">Images in a batch.</param>
/// <param name="open">Sides that are left open; the sizes of the maps are then those of one example.</param>
public sealed class OnnxGraphBuilder(string graphName, int batch, DynamicAxes open = DynamicAxes.None)
{
    /// <summary>Version of the ONNX operator set; TensorRT 8.6's parser still takes it.</summary>
    public const int Opset = 17;

    /// <summary>Version of the ONNX file format.</summary>
    public const int IrVersion = 8;

    private readonly int batch =
        batch > 0 ? batch : throw new ArgumentOutOfRangeException(nameof(batch), batch, "A batch has at least one image.");
    private readonly HashSet<OnnxValue> known = [];
    private readonly List<OnnxValue> inputs = [];
    private readonly OrderedDictionary<string, (OnnxValue Value, string Name)> outputs = [];
    private readonly List<NodeProto> nodes = [];
    private readonly List<TensorProto> tensors = [];
    private int parts;

    /// <summary>Adds an input map.</summary>
    public OnnxValue Input(string name, int channels, int height, int width)
    {
        if (channels < 1 || height < 1 || width < 1)
            throw new ArgumentException($"Input '{name}' of {channels}x{height}x{width} is no map.");
        RequireFree(name);
        var value = new OnnxValue(name, channels, height, width);
        inputs.Add(value);
        known.Add(value);
        return value;
    }

    /// <summary>Adds any operator with one input.</summary>
    /// <param name="spec">The operator.</param>
    /// <param name="input">Its input map.</param>
    /// <param name="weights">Its convolutions, as <see cref="OperatorWeightShapes.Of"/> lists them.</param>
    /// <returns>Its output map.</returns>
    /// <exception cref="ArgumentException">The spec is none, or input or weights do not have the shapes that it says.</exception>
    public OnnxValue Append(OperatorSpec spec, OnnxValue input, IReadOnlyList<ConvolutionWeights> weights)
    {
        RequirePossible(spec);
        if (spec.Kind == OperatorKind.Concat)
            throw new ArgumentException($"'{spec}' has two inputs: use {nameof(Concat)}.", nameof(spec));
        RequireInput(spec, input, spec.InChannels);
        if (open.HasFlag(DynamicAxes.Size) && spec is { Kind: OperatorKind.Skip, Stride: 2 })
            throw new ArgumentException($"'{spec}' is of one size, and no derived network has it.", nameof(spec));
        IReadOnlyList<ConvolutionShape> shapes = OperatorWeightShapes.Of(spec);
        if (weights.Count != shapes.Count)
            throw new ArgumentException($"'{spec}' has {shapes.Count} convolutions, not {weights.Count}.", nameof(weights));
        for (int i = 0; i < shapes.Count; i++)
        {
            if (!weights[i].Fits(shapes[i]))
                throw new ArgumentException(
                    $"The weights of convolution {i + 1} of '{spec}' are {Described(weights[i])}, not {Described(shapes[i])}.",
                    nameof(weights)
                );
        }
        return Checked(spec, OperatorLowering.Lower(NextPart(spec), spec, input, weights));
    }

    /// <summary>Adds a concatenation along the channels.</summary>
    /// <exception cref="ArgumentException">The spec is no concatenation, or an input does not have the shape that it says.</exception>
    public OnnxValue Concat(OperatorSpec spec, OnnxValue first, OnnxValue second)
    {
        RequirePossible(spec);
        if (spec.Kind != OperatorKind.Concat)
            throw new ArgumentException($"'{spec}' is no concatenation.", nameof(spec));
        RequireInput(spec, first, spec.InChannels);
        RequireInput(spec, second, spec.SecondInChannels);
        return Checked(spec, NextPart(spec).Concat(first, second));
    }

    /// <summary>Makes a map an output of the graph, under a name of its own. Operators may still read it.</summary>
    /// <exception cref="ArgumentException">The map is an input, an output already, or not of this graph, or the name is taken.</exception>
    public void Output(OnnxValue value, string name)
    {
        RequireKnown(value);
        if (inputs.Contains(value))
            throw new ArgumentException($"'{value.Name}' is an input: an output has to be computed.", nameof(value));
        RequireFree(name);
        if (!outputs.TryAdd(value.Name, (value, name)))
            throw new ArgumentException($"The map is output '{outputs[value.Name].Name}' already.", nameof(value));
    }

    /// <summary>The model as built so far.</summary>
    /// <exception cref="InvalidOperationException">It has no input or no output.</exception>
    public ModelProto Build()
    {
        if (inputs.Count == 0 || outputs.Count == 0)
            throw new InvalidOperationException(
                $"Graph '{graphName}' has {inputs.Count} inputs and {outputs.Count} outputs: it needs both."
            );
        var graph = new GraphProto { Name = graphName };
        graph.Input.Add(inputs.Select(value => OnnxMessages.Map(value.Name, batch, value, open, "")));
        graph.Output.Add(outputs.Values.Select(output => OnnxMessages.Map(output.Name, batch, output.Value, open, "out_")));
        graph.Node.Add(nodes.Select(WithOutputNames));
        graph.Initializer.Add(tensors);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "fasterseg",
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        return model;
    }

    /// <summary>In ONNX a graph's output is the tensor of that name, so the tensor is renamed wherever it occurs.</summary>
    private NodeProto WithOutputNames(NodeProto node)
    {
        NodeProto renamed = node.Clone();
        for (int i = 0; i < renamed.Input.Count; i++)
            renamed.Input[i] = NameOf(renamed.Input[i]);
        for (int i = 0; i < renamed.Output.Count; i++)
            renamed.Output[i] = NameOf(renamed.Output[i]);
        return renamed;

        string NameOf(string tensor) => outputs.TryGetValue(tensor, out var output) ? output.Name : tensor;
    }

    private OnnxPartWriter NextPart(OperatorSpec spec) => new(spec, parts++, batch, open, nodes, tensors);

    private OnnxValue Checked(OperatorSpec spec, OnnxValue made)
    {
        if ((made.Channels, made.Height, made.Width) != (spec.OutChannels, spec.OutHeight, spec.OutWidth))
            throw new InvalidOperationException($"'{spec}' came out as {Described(made)}.");
        known.Add(made);
        return made;
    }

    private static void RequirePossible(OperatorSpec spec)
    {
        // A spec that its own key does not give back is none, e.g. a head with stride 2.
        if (!OperatorKey.TryParse(spec.ToString(), out OperatorSpec? read) || read != spec)
            throw new ArgumentException($"'{spec}' is no possible operator.", nameof(spec));
    }

    private void RequireInput(OperatorSpec spec, OnnxValue input, int channels)
    {
        RequireKnown(input);
        if ((input.Channels, input.Height, input.Width) != (channels, spec.Height, spec.Width))
            throw new ArgumentException(
                $"'{spec}' reads a map of {channels}x{spec.Height}x{spec.Width}, not {Described(input)}.",
                nameof(input)
            );
    }

    private void RequireKnown(OnnxValue value)
    {
        if (!known.Contains(value))
            throw new ArgumentException($"Map '{value.Name}' is not of graph '{graphName}'.", nameof(value));
    }

    private void RequireFree(string name)
    {
        // Names that begin with a digit are the builder's own.
        if (string.IsNullOrEmpty(name) || char.IsAsciiDigit(name[0]))
            throw new ArgumentException($"'{name}' cannot name an input or output: begin with a letter.", nameof(name));
        if (inputs.Any(input => input.Name == name) || outputs.Values.Any(output => output.Name == name))
            throw new ArgumentException($"Graph '{graphName}' has a '{name}' already.", nameof(name));
    }

    private static string Described(OnnxValue value) => $"{value.Channels}x{value.Height}x{value.Width}";

    private static string Described(ConvolutionShape shape) =>
        $"{shape.OutChannels}x{shape.InChannels}x{shape.Kernel}x{shape.Kernel} with {shape.OutChannels} biases";

    private static string Described(ConvolutionWeights weights) =>
        $"{weights.OutChannels}x{weights.InChannels}x{weights.Kernel}x{weights.Kernel} ({weights.Weight.Length} values) with "
        + $"{weights.Bias.Length} biases";
}
