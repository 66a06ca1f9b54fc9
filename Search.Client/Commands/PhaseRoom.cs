using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Native;
using TorchSharp;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Refuses batches and images that this machine's memory cannot hold, before the work begins. What it counts is less than what is
/// needed: it is for slips in a number, not for the last gigabyte.</summary>
internal static class PhaseRoom
{
    private const int BytesOfFloat = sizeof(float);

    // Three floats of an image, and a label of 8 bytes.
    private const double BytesOfPixel = (3 * BytesOfFloat) + sizeof(long);

    /// <summary>Passes phases whose batches fit.</summary>
    /// <param name="phases">Sections of the configuration, by name.</param>
    /// <exception cref="UsageException">One's does not.</exception>
    public static void Require(params IEnumerable<(string Section, PhaseOptions Phase)> phases)
    {
        foreach ((string section, PhaseOptions phase) in phases.Where(each => each.Phase.Epochs > 0))
            MemoryRoom.Require(BytesOfPixel * phase.Batch * phase.CropHeight * phase.CropWidth, What(section, phase), Smaller(section));
    }

    /// <summary>Passes a training whose maps fit, all of which a step keeps for its gradient.</summary>
    /// <param name="training">Section <c>training</c>.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="device">Where torch computes; another memory than the machine's is not looked at.</param>
    /// <exception cref="UsageException">They do not.</exception>
    public static void Require(TrainingOptions training, DerivedArchitecture architecture, torch.Device device)
    {
        if (device.type != DeviceType.CPU)
            return;
        const string Section = "training";
        double maps = NetworkPlan
            .Of(architecture, training.CropHeight, training.CropWidth)
            .Parts.Sum(part => (double)part.Spec.OutChannels * part.Spec.OutHeight * part.Spec.OutWidth);
        MemoryRoom.Require(
            BytesOfFloat * maps * training.Batch / training.Accumulation,
            What(Section, training),
            $"{Smaller(Section)}, or raise {Section}:accumulation"
        );
    }

    /// <summary>Passes an evaluation whose largest pass fits.</summary>
    /// <param name="mode">How images are looked at.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="device">Where torch computes.</param>
    /// <exception cref="UsageException">It does not.</exception>
    public static void Require(EvaluationMode mode, DerivedArchitecture architecture, torch.Device device)
    {
        if (device.type != DeviceType.CPU || mode.LargestPass is not var (height, width))
            return;
        var plan = NetworkPlan.Of(architecture, height, width);
        double classes = (double)architecture.Classes * height * width;
        MemoryRoom.Require(
            // A part's own maps, which the cost does not count, are about as large as what is around it.
            BytesOfFloat * ((2 * NetworkCost.Of(plan).ActivationValues) + (mode.IsPlain ? 0 : classes)),
            FormattableString.Invariant($"A look at {height}x{width}"),
            "name a smaller --size or --scales, or look through windows with --window 512x1024"
        );
    }

    private static string What(string section, PhaseOptions phase) =>
        FormattableString.Invariant($"{section}:batch {phase.Batch} with crops of {phase.CropHeight}x{phase.CropWidth}");

    private static string Smaller(string section) => $"set a smaller {section}:batch, {section}:cropHeight or {section}:cropWidth";
}
