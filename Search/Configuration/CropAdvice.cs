using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Configuration;

/// <summary>Crops that are larger than images at the deployed size ever are: a size was changed, and the crops were not.</summary>
public static class CropAdvice
{
    /// <summary>A sentence for each phase whose crops are always filled up; none where images keep sizes of their own.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="phases">Sections of it, by name.</param>
    public static IEnumerable<string> Of(FasterSegOptions options, params IEnumerable<(string Section, PhaseOptions Phase)> phases)
    {
        double largest = NumberList.Parse(options.Data.Scales).Max();
        return phases
            .Where(each => options.Data.Fit != ImageFit.Own && each.Phase.Epochs > 0)
            .Select(each => Sentence(each.Section, each.Phase, options.Space, largest))
            .OfType<string>();
    }

    private static string? Sentence(string section, PhaseOptions phase, SpaceOptions space, double largest)
    {
        double scale = largest / phase.DownSampling;
        (int height, int width) = ((int)Math.Round(space.Height * scale), (int)Math.Round(space.Width * scale));
        return phase.CropHeight <= height && phase.CropWidth <= width
            ? null
            : $"{section} crops {phase.CropHeight}x{phase.CropWidth} from images that are {height}x{width} at most (the deployed size, "
                + $"{space.Height}x{space.Width}, {Words(largest, phase.DownSampling)}), and fills the rest: "
                + $"set {section}:cropHeight and {section}:cropWidth to {Fitting(space.Height / phase.DownSampling, phase.CropHeight)} and "
                + $"{Fitting(space.Width / phase.DownSampling, phase.CropWidth)}.";
    }

    private static string Words(double largest, int downSampling) =>
        FormattableString.Invariant($"times {largest}, the largest of data:scales")
        + (downSampling == 1 ? "" : FormattableString.Invariant($", over {downSampling}, its downSampling"));

    /// <summary>Never more than the deployed side, which most images have: only those that are enlarged fill more.</summary>
    private static int Fitting(int side, int crop) =>
        Math.Min(crop, Math.Max(SearchSpace.SideMultiple, side / SearchSpace.SideMultiple * SearchSpace.SideMultiple));
}
