using System.Globalization;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>What a network costs that no clock has to measure, for one picture.</summary>
/// <param name="Height">Rows of the picture that it is counted for.</param>
/// <param name="Width">Columns of it.</param>
/// <param name="MultiplyAdds">Multiplications of its convolutions, each with an addition: what papers call FLOPs or MACs. Resizing and
/// adding biases are not counted.</param>
/// <param name="Parameters">Trainable parameters without auxiliary heads: kernels, norms and biases.</param>
/// <param name="ActivationValues">Values of the maps that must exist at the same moment, at the worst moment, where the parts run one
/// after the other: a part's inputs, its output, and what later parts still read. Maps within a part are not counted.</param>
public sealed record NetworkCost(int Height, int Width, double MultiplyAdds, long Parameters, long ActivationValues)
{
    private const int BytesOfFloat = sizeof(float);

    /// <summary>The same maps in float32, bytes.</summary>
    public long ActivationBytes => ActivationValues * BytesOfFloat;

    /// <summary>Counts a network at the size of its plan.</summary>
    public static NetworkCost Of(NetworkPlan plan) =>
        new(
            plan.Height,
            plan.Width,
            plan.Parts.Sum(part => OperatorWeightShapes.Multiplications(part.Spec)),
            plan.Parts.Sum(part => OperatorWeightShapes.ParameterCount(part.Spec)),
            WorstMoment(plan)
        );

    /// <summary>All of it in a line, e.g. <c>1.42 G multiply-adds, 0.71 M parameters, 6.5 MiB of maps at once (float32), input
    /// 1x3x256x512</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Figures}, input 1x3x{Height}x{Width}");

    /// <summary>The same without the input.</summary>
    public string Figures =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{MultiplyAdds / 1e9:0.00##} G multiply-adds, {Parameters / 1e6:0.00##} M parameters, "
                + $"{ActivationBytes / (double)(1 << 20):0.0##} MiB of maps at once (float32)"
        );

    private static long WorstMoment(NetworkPlan plan)
    {
        // The last part that reads each map; the network's output is read by whoever asked for it.
        int count = plan.Parts.Count;
        int[] lastReader = [.. Enumerable.Range(0, count)];
        int imageReader = 0;
        for (int reader = 0; reader < count; reader++)
        {
            foreach (int read in plan.Parts[reader].Inputs)
            {
                if (read == NetworkPlan.Image)
                    imageReader = reader;
                else
                    lastReader[read] = reader;
            }
        }
        lastReader[count - 1] = count;
        long image = 3L * plan.Height * plan.Width;
        return Enumerable
            .Range(0, count)
            .Max(now =>
                (now <= imageReader ? image : 0)
                + Enumerable.Range(0, now + 1).Where(map => map == now || lastReader[map] >= now).Sum(map => Values(plan.Parts[map].Spec))
            );
    }

    private static long Values(OperatorSpec spec) => (long)spec.OutChannels * spec.OutHeight * spec.OutWidth;
}
