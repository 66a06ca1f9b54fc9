using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Validating;

/// <summary>What an estimate of a network may be made of, ms, or millions of values.</summary>
/// <param name="Sum">Its parts alone.</param>
/// <param name="Convolutions">Of it, the parts without a resizing inside.</param>
/// <param name="Parts">How many parts it has that take time.</param>
/// <param name="Boundaries">Values at which a convolution begins or ends a part.</param>
/// <param name="Weights">Values of all kernels.</param>
/// <param name="Saved">Values whose layout is changed where the parts run alone, and not in the network: counted map by map, with what
/// reads it.</param>
internal sealed record Terms(double Sum, double Convolutions, int Parts, double Boundaries, double Weights, double Saved)
{
    private const double Million = 1e6;

    public double Zoomed => Sum - Convolutions;

    public static Terms Of(NetworkPlan plan, LatencyTable table) =>
        new(
            plan.Parts.Sum(part => table[part.Spec]),
            plan.Parts.Where(part => !IsZoomed(part.Spec)).Sum(part => table[part.Spec]),
            plan.Parts.Count(part => table[part.Spec] > 0),
            plan.Parts.Sum(part => LatencyCorrection.BoundaryValues(part.Spec)) / Million,
            plan.Parts.Sum(part => LatencyCorrection.Weights(part.Spec)) / Million,
            SavedValues(plan) / Million
        );

    /// <summary>
    /// ONNX Runtime's convolutions on a CPU read and write blocks of channels, its resizing and slicing do not; a concatenation does where
    /// all its maps come in blocks. Alone, every convolution at an end of a part changes the layout; in a network a map does so once, and
    /// only where somebody reads it in the other layout.
    /// </summary>
    private static double SavedValues(NetworkPlan plan)
    {
        IReadOnlyList<NetworkPart> parts = plan.Parts;
        bool[] blocked = new bool[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            blocked[i] =
                parts[i].Spec.Kind == OperatorKind.Concat
                    ? parts[i].Inputs.All(input => blocked[input])
                    : !(IsZoomed(parts[i].Spec) && parts[i].Spec.Stride == 1) && parts[i].Spec.Kind != OperatorKind.Upsample;
        }
        double saved = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            OperatorSpec spec = parts[i].Spec;
            double values = (double)spec.OutChannels * spec.OutHeight * spec.OutWidth;
            int[] readers = [.. Enumerable.Range(0, parts.Count).Where(reader => parts[reader].Inputs.Contains(i))];
            int convolutions = readers.Count(reader => ReadsBlocks(parts[reader].Spec) == true);
            bool plainNeeded = i == parts.Count - 1 || readers.Any(reader => !(ReadsBlocks(parts[reader].Spec) ?? blocked[reader]));
            // The reading convolutions' own changes: all of them where the map comes in blocks, all but one where it does not.
            saved += values * (blocked[i] ? convolutions : Math.Max(0, convolutions - 1));
            if (blocked[i] && spec.Kind != OperatorKind.Concat && !plainNeeded)
                saved += values;
            if (blocked[i] && spec.Kind == OperatorKind.Concat && plainNeeded)
                saved -= values;
        }
        return saved;
    }

    private static bool IsZoomed(OperatorSpec spec) => spec.Kind is OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x;

    /// <summary>Whether an operator reads blocks of channels; null where it reads what comes.</summary>
    private static bool? ReadsBlocks(OperatorSpec reader) =>
        reader.Kind == OperatorKind.Concat ? null : !(IsZoomed(reader) || reader.Kind == OperatorKind.Upsample);
}
