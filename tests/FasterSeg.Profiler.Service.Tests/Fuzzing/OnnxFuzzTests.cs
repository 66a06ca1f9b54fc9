using FasterSeg.Fuzzing;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>Whatever is uploaded, the look at it passes it or refuses it with a sentence, and costs little more than its bytes.</summary>
public sealed class OnnxFuzzTests
{
    [Fact]
    public void Any_upload_passes_or_is_refused() =>
        FuzzRun.Over(
            "ONNX upload",
            FuzzRun.Count(2000),
            OnnxInputs.Next,
            input =>
            {
                try
                {
                    OnnxUpload.Check(input);
                    return "passed";
                }
                catch (UnusableModelException)
                {
                    return "refused";
                }
            },
            bytes => (1 << 20) + (200L * bytes)
        );
}

/// <summary>Models that were broken, byte by byte or field by field.</summary>
internal static class OnnxInputs
{
    private static readonly ModelProto[] Models =
    [
        .. new OperatorSpec[]
        {
            new(OperatorKind.Conv, 8, 8, 4, 4),
            new(OperatorKind.Conv2x, 8, 8, 4, 6),
            new(OperatorKind.ZoomedConv, 8, 8, 4, 4),
            new(OperatorKind.Skip, 8, 8, 4, 4, Stride: 2),
            new(OperatorKind.Upsample, 4, 4, 4, 4, Stride: 2),
            OperatorKey.Parse("concat h8 w8 c4+4"),
        }.Select(spec => OperatorModel.Build(spec, batch: 1, seed: 1)),
    ];

    private static readonly ByteMutator Bytes = new(
        [.. Models.Select(model => model.ToByteArray())],
        [
            .. new[]
            {
                "Conv",
                "Relu",
                "If",
                "Loop",
                "Scan",
                "Resize",
                "Constant",
                "Reshape",
                "com.microsoft",
                "com.example",
                "location",
                "/etc/passwd",
                "then_branch",
                "weight",
                "input",
            }.Select(System.Text.Encoding.UTF8.GetBytes),
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
            [0xff, 0xff, 0xff, 0xff, 0x0f],
            [0x3a],
            [0x0a, 0],
            [0x7a, 0xff, 0xff, 0xff, 0x7f],
        ]
    );

    private static readonly MessageMutator Fields = new([
        "Conv",
        "Relu",
        "If",
        "Loop",
        "Scan",
        "Resize",
        "Constant",
        "ConstantOfShape",
        "Reshape",
        "Concat",
        "Slice",
        "Pad",
        "Tile",
        "Expand",
        "Gather",
        "Cast",
        "MatMul",
        "Einsum",
        "TopK",
        "NonZero",
        "Range",
        "RandomNormal",
        "ai.onnx",
        "com.microsoft",
        "FusedConv",
        "QAttention",
        "kernel_shape",
        "pads",
        "strides",
        "dilations",
        "group",
        "axis",
        "value",
        "body",
        "mode",
        "perm",
        "input",
        "output",
        .. Models[0].Graph.Node.SelectMany(node => node.Input.Concat(node.Output)),
    ]);

    /// <summary>The next input.</summary>
    public static byte[] Next(Random random)
    {
        if (random.Next(3) == 0)
            return Bytes.Next(random);
        ModelProto model = Models[random.Next(Models.Length)].Clone();
        for (int i = 1 + random.Next(4); i > 0; i--)
        {
            // Most fields that matter are the graph's.
            IMessage part = random.Next(6) switch
            {
                0 => model,
                1 => (IMessage?)model.Graph ?? model,
                2 or 3 when model.Graph?.Node is { Count: > 0 } nodes => nodes[random.Next(nodes.Count)],
                4 when model.Graph?.Initializer is { Count: > 0 } tensors => tensors[random.Next(tensors.Count)],
                _ when model.Graph?.Input is { Count: > 0 } inputs => inputs[random.Next(inputs.Count)],
                _ => model,
            };
            Fields.Mutate(random, part);
        }
        return model.ToByteArray();
    }
}
