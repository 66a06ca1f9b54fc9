using System.Globalization;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx;

/// <summary>
/// Writes the nodes of one part of a network. Every node carries the part's canonical key as its doc_string and is
/// called <c>NNN key op</c>, where NNN numbers the parts of the graph.
/// </summary>
internal sealed class OnnxPartWriter(
    OperatorSpec spec,
    int number,
    int batch,
    DynamicAxes open,
    List<NodeProto> nodes,
    List<TensorProto> tensors
)
{
    // Of a shape [N, C, H, W].
    private const int FirstSide = 2;
    private const int Sides = 4;

    private readonly string key = spec.ToString();
    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"{number:000}");
    private readonly Dictionary<string, int> uses = [];

    /// <summary>A convolution with "same" padding: k/2 on every side.</summary>
    public OnnxValue Convolution(OnnxValue input, ConvolutionWeights weights, int stride = 1)
    {
        int pad = weights.Kernel / 2;
        return PaddedConvolution(input, weights, stride, (pad, pad), (pad, pad));
    }

    /// <summary>A convolution with zeros before the first and after the last row (column).</summary>
    public OnnxValue PaddedConvolution(
        OnnxValue input,
        ConvolutionWeights weights,
        int stride,
        (int Before, int After) rows,
        (int Before, int After) columns
    )
    {
        NodeProto node = Node("Conv", out string op);
        string weight = $"{prefix}.{op}.weight",
            bias = $"{prefix}.{op}.bias";
        tensors.Add(OnnxMessages.Tensor(weight, weights.Weight, weights.OutChannels, weights.InChannels, weights.Kernel, weights.Kernel));
        tensors.Add(OnnxMessages.Tensor(bias, weights.Bias, weights.OutChannels));
        node.Input.Add([input.Name, weight, bias]);
        node.Attribute.Add([
            OnnxMessages.Integers("dilations", 1, 1),
            OnnxMessages.Integer("group", 1),
            OnnxMessages.Integers("kernel_shape", weights.Kernel, weights.Kernel),
            OnnxMessages.Integers("pads", rows.Before, columns.Before, rows.After, columns.After),
            OnnxMessages.Integers("strides", stride, stride),
        ]);
        int Out(int side, (int Before, int After) pads) => ((side + pads.Before + pads.After - weights.Kernel) / stride) + 1;
        return new(node.Output[0], weights.OutChannels, Out(input.Height, rows), Out(input.Width, columns));
    }

    public OnnxValue Relu(OnnxValue input)
    {
        NodeProto node = Node("Relu", out _);
        node.Input.Add(input.Name);
        return input with { Name = node.Output[0] };
    }

    /// <summary>Bilinear resizing with aligned corners to an explicit size.</summary>
    /// <param name="input">The map to resize.</param>
    /// <param name="height">Its new rows.</param>
    /// <param name="width">Its new columns.</param>
    /// <param name="like">Where sizes are open: the map whose sides the new ones follow.</param>
    /// <param name="times">By what its sides are multiplied then.</param>
    /// <param name="over">And by what they are divided, rounded down.</param>
    public OnnxValue Resize(OnnxValue input, int height, int width, OnnxValue like, int times = 1, int over = 1)
    {
        string sizes = open == DynamicAxes.None ? "" : Sizes(input, height, width, like, times, over);
        NodeProto node = Node("Resize", out string op);
        if (sizes.Length == 0)
            tensors.Add(OnnxMessages.Tensor(sizes = $"{prefix}.{op}.sizes", batch, input.Channels, height, width));
        node.Input.Add([input.Name, "", "", sizes]);
        node.Attribute.Add([OnnxMessages.Text("coordinate_transformation_mode", "align_corners"), OnnxMessages.Text("mode", "linear")]);
        return new(node.Output[0], input.Channels, height, width);
    }

    /// <summary>The map without its first row and column.</summary>
    public OnnxValue WithoutFirstRowAndColumn(OnnxValue input)
    {
        NodeProto node = Node("Slice", out string op);
        string starts = $"{prefix}.{op}.starts",
            ends = $"{prefix}.{op}.ends",
            axes = $"{prefix}.{op}.axes";
        tensors.Add(OnnxMessages.Tensor(starts, 1, 1));
        tensors.Add(OnnxMessages.Tensor(ends, input.Height, input.Width));
        tensors.Add(OnnxMessages.Tensor(axes, 2, 3));
        node.Input.Add([input.Name, starts, ends, axes]);
        return input with { Name = node.Output[0], Height = input.Height - 1, Width = input.Width - 1 };
    }

    /// <summary>Concatenation along the channels.</summary>
    public OnnxValue Concat(OnnxValue first, OnnxValue second)
    {
        NodeProto node = Node("Concat", out _);
        node.Input.Add([first.Name, second.Name]);
        node.Attribute.Add(OnnxMessages.Integer("axis", 1));
        return first with { Name = node.Output[0], Channels = first.Channels + second.Channels };
    }

    /// <summary>Computes the sizes of a resizing where they are open, as [N, C, H, W].</summary>
    private string Sizes(OnnxValue input, int height, int width, OnnxValue like, int times, int over)
    {
        string first = ShapeOf(input, 0, FirstSide),
            last;
        if (open.HasFlag(DynamicAxes.Size))
        {
            last = ShapeOf(like, FirstSide, Sides);
            if (times > 1)
                last = Arithmetic("Mul", last, times);
            if (over > 1)
                last = Arithmetic("Div", last, over);
        }
        else
        {
            last = $"{prefix}.{uses.GetValueOrDefault("Resize") + 1}.side";
            tensors.Add(OnnxMessages.Tensor(last, height, width));
        }
        NodeProto joined = Node("Concat", out _);
        joined.Input.Add([first, last]);
        joined.Attribute.Add(OnnxMessages.Integer("axis", 0));
        return joined.Output[0];
    }

    private string ShapeOf(OnnxValue map, int from, int to)
    {
        NodeProto shape = Node("Shape", out _);
        shape.Input.Add(map.Name);
        NodeProto slice = Node("Slice", out string op);
        string start = $"{prefix}.{op}.start",
            end = $"{prefix}.{op}.end";
        tensors.Add(OnnxMessages.Tensor(start, from));
        tensors.Add(OnnxMessages.Tensor(end, to));
        slice.Input.Add([shape.Output[0], start, end]);
        return slice.Output[0];
    }

    private string Arithmetic(string type, string sides, int by)
    {
        NodeProto node = Node(type, out string op);
        tensors.Add(OnnxMessages.Tensor($"{prefix}.{op}.by", by));
        node.Input.Add([sides, $"{prefix}.{op}.by"]);
        return node.Output[0];
    }

    private NodeProto Node(string type, out string op)
    {
        int use = uses[type] = uses.GetValueOrDefault(type) + 1;
        op = use == 1 ? type : string.Create(CultureInfo.InvariantCulture, $"{type}{use}");
        var node = new NodeProto
        {
            Name = $"{prefix} {key} {op}",
            OpType = type,
            DocString = key,
        };
        node.Output.Add($"{prefix}.{op}");
        nodes.Add(node);
        return node;
    }
}
