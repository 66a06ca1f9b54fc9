using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Native;

namespace FasterSeg.Search.Export;

/// <summary>Holds a form to what a file can be, and to what can be compared with the network here before it is written.</summary>
public static class ExportLimits
{
    private const int Channels = 3;

    /// <summary>Passes a form that can be exported.</summary>
    /// <param name="plan">The network at the exported size.</param>
    /// <param name="form">What the file takes and gives.</param>
    /// <param name="memory">Memory that there is, bytes; null asks.</param>
    /// <exception cref="UsageException">It cannot; the message names the option.</exception>
    public static void Require(NetworkPlan plan, ExportForm form, long? memory = null)
    {
        if (form.Batch is < 1 or > ExportForm.MostPictures)
            throw new UsageException(
                FormattableString.Invariant($"--batch {form.Batch}: a batch has 1 to {ExportForm.MostPictures} pictures; ")
                    + "--dynamic batch leaves their number open."
            );
        bool isOpen = form.Open.HasFlag(DynamicAxes.Size);
        if (isOpen && Math.Min(plan.Height, plan.Width) < ExportForm.LeastOpenSide)
            throw new UsageException(
                FormattableString.Invariant($"--dynamic size with {plan.Height}x{plan.Width}: a file whose size is open takes sides from ")
                    + FormattableString.Invariant($"{ExportForm.LeastOpenSide} on; name one with --shape, or leave --dynamic size out.")
            );
        // It is run once by torch and once by ONNX Runtime; where sides are open, at the next larger ones too.
        int more = isOpen ? SearchSpace.SideMultiple : 0;
        double pictures = form.Batch + (form.Open.HasFlag(DynamicAxes.Batch) ? 1 : 0),
            pixels = (plan.Height + more) * (double)(plan.Width + more),
            growth = pixels / (plan.Height * (double)plan.Width),
            input = pictures * Channels * pixels,
            output = pictures * growth * plan.Architecture.Classes * plan.Parts[^1].Spec.OutHeight * plan.Parts[^1].Spec.OutWidth,
            maps = pictures * growth * NetworkCost.Of(plan).ActivationValues;
        string what = FormattableString.Invariant($"--batch {form.Batch} at {plan.Height}x{plan.Width}");
        const string Help = "a file is compared with the network before it is written; name a smaller --batch or --shape";
        if (Math.Max(input, output) > Array.MaxLength)
            throw new UsageException($"{what} has more values than one array holds: {Help}.");
        // The input is there as an array and as torch's, and both answers are kept. A part's own maps, which the cost does not count, are
        // about as large as what is around it.
        MemoryRoom.Require(sizeof(float) * ((2 * maps) + (2 * input) + (3 * output)), what, Help, memory);
    }
}
