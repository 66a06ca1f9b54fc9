using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;

namespace FasterSeg.Search.Export;

/// <summary>
/// Writes a network's weights for PyTorch, with the batch norms as they were trained: a <c>state_dict</c>, and in the metadata what the
/// network is, part by part, so that a page of Python builds it (examples/python/load.py).
/// </summary>
public static class WeightsExporter
{
    /// <summary>Key of the list of parts.</summary>
    public const string PlanKey = MetadataKeys.Prefix + "plan";

    // What a part's convolutions and norms are called below it.
    private static readonly (string Convolution, string? Norm)[] Cell = [("conv1", "bn1"), ("conv2", "bn2")],
        Plain = [("conv.0", "conv.1")],
        Fusion = [("conv_1x1.conv", "conv_1x1.bn")],
        Head = [("conv_3x3.conv", "conv_3x3.bn"), ("conv_1x1", null)];

    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <param name="network">The network.</param>
    /// <param name="plan">Its plan at the size that it is meant for; the weights are the same at all.</param>
    /// <param name="path">The file.</param>
    /// <param name="facts">What its metadata say beside the network.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Export(DerivedNetwork network, NetworkPlan plan, string path, NetworkFacts? facts = null)
    {
        var metadata = NetworkMetadata.Of(plan, ExportForm.Plain, facts ?? new NetworkFacts()).ToDictionary();
        metadata.Add(PlanKey, JsonSerializer.Serialize(plan.Parts.Select(Described)));
        // A cell that both branches share once, under its first name.
        SafetensorsFile.Write(
            path,
            [
                .. from part in network.Parts
                from named in part
                    .Module.named_parameters()
                    .Select(p => (p.name, Tensor: (TorchSharp.torch.Tensor)p.parameter))
                    .Concat(part.Module.named_buffers().Select(b => (b.name, Tensor: b.buffer)))
                select ($"{part.Part.Name}.{named.name}", named.Tensor),
            ],
            metadata
        );
    }

    /// <summary>
    /// A part for a reader that knows nothing of operators: which maps it reads (0 is the image, n the output of part n), and what it does
    /// with them in order.
    /// </summary>
    private static object Described(NetworkPart part)
    {
        OperatorSpec spec = part.Spec;
        bool zoomed = spec.Kind is OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x;
        (string Convolution, string? Norm)[] names = spec.Kind switch
        {
            OperatorKind.Upsample or OperatorKind.Concat => [],
            OperatorKind.Fusion => Fusion,
            OperatorKind.Head => Head,
            _ when spec.IsSearched => Cell,
            _ => Plain,
        };
        return new
        {
            name = part.Name,
            inputs = part.Inputs.Select(input => input + 1),
            key = spec.ToString(),
            enlarge = spec.Kind == OperatorKind.Upsample ? spec.Stride : 1,
            halve = zoomed,
            restore = zoomed && spec.Stride == 1,
            convolutions = names
                .Take(OperatorWeightShapes.Of(spec).Count)
                .Select(
                    (each, index) =>
                        new
                        {
                            weight = $"{part.Name}.{each.Convolution}",
                            norm = each.Norm is null ? null : $"{part.Name}.{each.Norm}",
                            stride = zoomed || index > 0 ? 1 : spec.Stride,
                        }
                ),
        };
    }
}
