using System.Globalization;
using static System.FormattableString;

namespace FasterSeg.Latency.Spaces;

/// <summary>What a search space must satisfy, each rule with a sentence that says what to do.</summary>
internal static class SearchSpaceRules
{
    public static IReadOnlyList<string> Check(SearchSpace space)
    {
        var faults = new List<string>();
        CheckSide(faults, "height", space.Height);
        CheckSide(faults, "width", space.Width);
        if (space.Fch is < 1 or > 256)
            faults.Add(Invariant($"Fch {space.Fch} is out of range: use 1 to 256."));
        if (space.Layers is < 4 or > 64)
            faults.Add(Invariant($"{space.Layers} layers are out of range: use 4 to 64."));
        if (space.Classes is < 2 or > 255)
            faults.Add(Invariant($"{space.Classes} classes are out of range: use 2 to 255 (label 255 means 'ignore')."));
        if (CheckRatios(faults, space) && space.Fch > 0)
        {
            CheckCoincidences(faults, space);
            CheckMember(faults, space, "teacher stem", space.TeacherStemRatio);
            CheckMember(faults, space, "teacher head", space.TeacherHeadRatio);
            CheckMember(faults, space, "student stem", space.StudentStemRatio);
            CheckMember(faults, space, "student head", space.StudentHeadRatio);
        }
        return faults;
    }

    private static void CheckSide(List<string> faults, string name, int side)
    {
        if (side <= 0 || side > SearchSpace.LargestSide || side % SearchSpace.SideMultiple != 0)
            faults.Add(
                Invariant($"The network's {name} {side} is not a multiple of {SearchSpace.SideMultiple} between 32 and ")
                    + Invariant($"{SearchSpace.LargestSide}: use {Nearest(side)} (images of any size are brought to it).")
            );
    }

    private static int Nearest(int side) => (int)Math.Clamp((side + 31L) / 32 * 32, SearchSpace.SideMultiple, SearchSpace.LargestSide);

    private static bool CheckRatios(List<string> faults, SearchSpace space)
    {
        if (space.WidthRatios is not { Count: > 0 and <= 32 })
        {
            faults.Add("The list of width ratios needs 1 to 32 values.");
            return false;
        }
        double[] outside = [.. space.WidthRatios.Where(r => !(r > 0 && r <= 1))];
        if (outside.Length > 0)
        {
            faults.Add(Invariant($"Width ratio {outside[0]} is outside (0, 1]."));
            return false;
        }
        if (space.WidthRatios.Zip(space.WidthRatios.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            faults.Add("The width ratios are not in ascending order, each once.");
            return false;
        }
        return true;
    }

    private static void CheckCoincidences(List<string> faults, SearchSpace space)
    {
        foreach (int scale in SearchSpace.Scales)
        {
            foreach (var same in space.WidthRatios.GroupBy(r => space.Channels(scale, r)).Where(g => g.Count() > 1))
                faults.Add(
                    "Width ratios "
                        + Invariant(
                            $"{string.Join(" and ", same.Select(r => r.ToString("0.####", CultureInfo.InvariantCulture)))} both mean "
                        )
                        + Invariant($"{same.Key} channels at scale {scale} with Fch {space.Fch}: remove one or raise Fch.")
                );
        }
    }

    private static void CheckMember(List<string> faults, SearchSpace space, string name, double ratio)
    {
        if (!space.WidthRatios.Contains(ratio))
            faults.Add(
                Invariant($"The {name} ratio {ratio:0.####} is not in the list of width ratios ")
                    + Invariant(
                        $"({string.Join(", ", space.WidthRatios.Select(r => r.ToString("0.####", CultureInfo.InvariantCulture)))}): "
                    )
                    + "use one of them."
            );
    }
}
