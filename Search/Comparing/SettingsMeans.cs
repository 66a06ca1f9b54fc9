using System.Globalization;

namespace FasterSeg.Search.Comparing;

/// <summary>What the means over seeds say of several settings: which is ahead, and whether by more than seeds differ. The best single run
/// may be of another one, by chance.</summary>
public static class SettingsMeans
{
    /// <summary>The sentence on a set; null where it has no two settings with a mean.</summary>
    /// <param name="set">Networks that can be compared.</param>
    /// <param name="groups">Networks that differ by their seed only; those that are of other sets are passed over.</param>
    /// <param name="letter">What the set is called beside others of students; nothing where it is the only one.</param>
    public static string? Sentence(ComparedSet set, IReadOnlyList<SeedGroup> groups, string letter)
    {
        bool isTrained = set.Accuracy == QualityBasis.Trained;
        (SeedGroup Group, SeedSpread Spread)[] means =
        [
            .. groups
                .Where(group => set.Accuracy != QualityBasis.None && group.Networks.All(set.Networks.Contains))
                .Select(group => (group, Spread: isTrained ? group.TrainedMeanIou : group.SupernetMeanIou))
                .Where(each => each.Spread is not null)
                .Select(each => (each.group, each.Spread!))
                .OrderByDescending(each => each.Item2.Mean),
        ];
        if (means.Length < 2)
            return null;
        double lead = means[0].Spread.Mean - means[1].Spread.Mean,
            deviation = Math.Max(means[0].Spread.StandardDeviation, means[1].Spread.StandardDeviation);
        string within = lead <= deviation ? "within" : "larger than",
            judgement = lead <= deviation ? ": these seeds do not say which setting is better" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(letter.Length == 0 ? "Settings" : $"Settings of students {letter}")} by their mean {(isTrained ? "trained" : "supernet")} "
                + $"mIoU over seeds: {string.Join("; ", means.Select(Words))}. The difference of the first two, {100 * lead:F1} points, "
                + $"is {within} the seeds' standard deviation of {100 * deviation:F1}"
                + $"{judgement}. The run to keep is a single one, its seed's chance included."
        );
    }

    private static string Words((SeedGroup Group, SeedSpread Spread) each) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(each.Group)} {100 * each.Spread.Mean:F2} ±{100 * each.Spread.StandardDeviation:F2} % ({each.Spread.Count} seeds)"
        );

    /// <summary>What the runs' names have in common at their beginning, but for the seed; where that is nothing, all names.</summary>
    private static string Name(SeedGroup group)
    {
        string[] names = [.. group.Networks.Select(network => network.Run.Name)];
        int same = Enumerable.Range(0, names.Min(name => name.Length)).TakeWhile(i => names.All(name => name[i] == names[0][i])).Count();
        string common = names[0][..same].TrimEnd("-_. ".ToCharArray());
        common = common.EndsWith("seed", StringComparison.Ordinal) ? common[..^4].TrimEnd("-_. ".ToCharArray()) : common;
        return common.Length > 1 ? common : string.Join(", ", names);
    }
}
