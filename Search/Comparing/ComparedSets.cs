using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Comparing;

/// <summary>Splits networks into sets that can be compared, and says why where that is more than one.</summary>
public static class ComparedSets
{
    /// <summary>The sets of some networks of one role, in the order in which they were named.</summary>
    /// <param name="networks">Networks of one role, at least one.</param>
    /// <param name="notes">Takes a sentence for every reason to split, and for every network that cannot be judged.</param>
    public static IReadOnlyList<ComparedSet> Of(IReadOnlyList<ComparedNetwork> networks, Action<string> notes)
    {
        ComparedNetwork[][] alike = Split(
            networks,
            (a, b) => LatencyDifference(a.Run, b.Run),
            "have latencies that cannot be compared",
            notes
        );
        return [.. alike.SelectMany(group => ByAccuracy(group, notes))];
    }

    private static IEnumerable<ComparedSet> ByAccuracy(ComparedNetwork[] networks, Action<string> notes)
    {
        foreach (ComparedNetwork network in networks.Where(network => network.Evaluation is { MeanIou: null }))
            notes($"{network.Run.Name}'s {Name(network)} was evaluated on images of which no pixel counts: it has no mIoU.");
        if (Array.TrueForAll(networks, network => network.Evaluation is not null))
        {
            return ByEvaluation(networks, notes)
                .Select(group => new ComparedSet(group, HasTrained(group) ? QualityBasis.Trained : QualityBasis.None));
        }
        SpaceOptions space = networks[0].Run.Options.Space;
        string size = EvaluationMode.SizeOf(space.Height, space.Width);
        foreach (ComparedNetwork network in networks.Where(network => network.OtherSize is not null))
            notes(
                $"{network.Run.Name}'s {Name(network)} was evaluated on images of {Size(network.OtherSize!)}, and its latency is of "
                    + $"{size}: that mIoU is left out; run 'fasterseg eval' again."
            );
        string[] untested = [.. networks.Where(network => network.Evaluation is null).Select(network => network.Run.Name)];
        if (Array.Exists(networks, network => network.TrainedMeanIou is not null))
        {
            notes(
                $"Not evaluated at {size}: the {Name(networks[0])} of {string.Join(", ", untested)}. The others are judged by their "
                    + "trained mIoU; to compare all, train and evaluate these, too."
            );
            return ByTrained(networks, notes);
        }
        if (untested.Length < networks.Length)
            notes($"Not evaluated at {size}: the {Name(networks[0])} of {string.Join(", ", untested)}.");
        if (Array.TrueForAll(networks, network => network.SupernetMeanIou is null))
            return [new ComparedSet(networks, QualityBasis.None)];
        foreach (ComparedNetwork network in networks.Where(network => network.SupernetMeanIou is null))
            notes($"{network.Run.Name}'s {Name(network)} has no supernet mIoU: it is on no front.");
        return Split(networks, (a, b) => SupernetDifference(a.Run, b.Run), "have supernets whose mIoU cannot be compared", notes)
            .Select(group => new ComparedSet(group, QualityBasis.Supernet));
    }

    /// <summary>Those that were evaluated, by what they were evaluated on; each other one with those whose search it can be compared with,
    /// where there are such. It is judged by nothing there, and changes nothing of how they are.</summary>
    private static IEnumerable<ComparedSet> ByTrained(ComparedNetwork[] networks, Action<string> notes)
    {
        ComparedNetwork[][] trained = ByEvaluation([.. networks.Where(network => network.Evaluation is not null)], notes);
        ComparedNetwork[][] judged = [.. trained.Where(HasTrained)];
        ILookup<ComparedNetwork[], ComparedNetwork> joining = networks
            .Where(network => network.Evaluation is null)
            .ToLookup(network =>
                Array.Find(judged, group => Array.Exists(group, other => SupernetDifference(other.Run, network.Run) is null)) ?? judged[0]
            );
        return trained.Select(group => new ComparedSet(
            [.. networks.Where(network => group.Contains(network) || joining[group].Contains(network))],
            HasTrained(group) ? QualityBasis.Trained : QualityBasis.None
        ));
    }

    private static ComparedNetwork[][] ByEvaluation(ComparedNetwork[] networks, Action<string> notes) =>
        Split(
            networks,
            (a, b) => a.Evaluation!.IsComparableWith(b.Evaluation!) ? null : Images(a.Evaluation, b.Evaluation!),
            "were evaluated differently",
            notes
        );

    private static bool HasTrained(ComparedNetwork[] group) => Array.Exists(group, network => network.TrainedMeanIou is not null);

    private static ComparedNetwork[][] Split(
        IReadOnlyList<ComparedNetwork> networks,
        Func<ComparedNetwork, ComparedNetwork, string?> difference,
        string what,
        Action<string> notes
    )
    {
        var groups = new List<List<ComparedNetwork>>();
        foreach (ComparedNetwork network in networks)
        {
            List<ComparedNetwork>? group = groups.Find(each => difference(each[0], network) is null);
            if (group is not null)
            {
                group.Add(network);
                continue;
            }
            if (groups.Count > 0)
                notes(
                    $"{groups[0][0].Run.Name} and {network.Run.Name} {what}: {difference(groups[0][0], network)}. There is no "
                        + "common front across them."
                );
            groups.Add([network]);
        }
        return [.. groups.Select(group => group.ToArray())];
    }

    private static string? LatencyDifference(ComparedRun a, ComparedRun b)
    {
        SpaceOptions one = a.Options.Space,
            other = b.Options.Space;
        return a.Device.DifferenceFrom(b.Device)
            ?? (
                (one.Height, one.Width) != (other.Height, other.Width)
                    ? $"the images have {one.Height}x{one.Width} pixels in one and {other.Height}x{other.Width} in the other"
                    : null
            )
            ?? (one.Classes != other.Classes ? $"there are {one.Classes} classes in one and {other.Classes} in the other" : null);
    }

    private static string? SupernetDifference(ComparedRun a, ComparedRun b)
    {
        SearchingOptions one = a.Options.Searching,
            other = b.Options.Searching;
        return !a.Options.Space.ToSpace().Equals(b.Options.Space.ToSpace())
                ? $"the space is {a.Options.Space.ToSpace()} in one and {b.Options.Space.ToSpace()} in the other"
            : (one.ValidationImages, one.DownSampling) != (other.ValidationImages, other.DownSampling)
                ? "searching:validationImages or searching:downSampling differ"
            : a.Options.Data.Fit != b.Options.Data.Fit
                ? $"data:fit is {a.Options.Data.Fit.Word()} in one and {b.Options.Data.Fit.Word()} in the other"
            : null;
    }

    private static string Images(StoredEvaluation a, StoredEvaluation b) =>
        a.Data != b.Data ? $"on {a.Data} and on {b.Data}"
        : a.Mode != b.Mode ? $"in the mode '{a.Mode}' and in '{b.Mode}'"
        : $"both on {a.Data}, whose labels differ";

    private static string Size(string size) => size == StoredEvaluation.OwnSize ? "their own sizes" : size;

    private static string Name(ComparedNetwork network) => network.Role.Name();
}
