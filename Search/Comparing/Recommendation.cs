using System.Globalization;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Comparing;

/// <summary>Which student of a set to keep.</summary>
/// <param name="Network">The student; null where nothing speaks for any.</param>
/// <param name="Sentence">Which and why, for people.</param>
public sealed record Recommendation(ComparedNetwork? Network, string Sentence)
{
    // The paper's, ms: a factor common to all.
    private const double PaperLatencyMs = 8.3;
    private const string Objective = "mIoU * (latency / 8.3)^-0.07";

    /// <summary>
    /// The student with the highest mIoU among those in their bands. Those within the same tenth of a point are taken for equal, and the
    /// paper's objective decides between them; where none lies in its band it decides among all.
    /// </summary>
    /// <param name="set">Students.</param>
    /// <param name="groups">How far such numbers vary with the seed.</param>
    /// <param name="letter">What the set is called beside others of students; nothing where it is the only one.</param>
    public static Recommendation Of(ComparedSet set, IReadOnlyList<SeedGroup> groups, string letter = "")
    {
        ComparedNetwork[] judged = [.. set.Networks.Where(network => set.AccuracyOf(network) is not null)];
        if (judged.Length == 0)
            return new Recommendation(null, $"No recommendation among {Names(set.Networks)}: no mIoU is known. Train and evaluate first.");
        ComparedNetwork[] inBand = [.. judged.Where(network => set.PlaceOf(network) == BandPlace.In)];
        ComparedNetwork[] ranked =
            inBand.Length > 0
                ? [.. inBand.OrderByDescending(network => Tenths(set, network)).ThenByDescending(network => ObjectiveOf(set, network))]
                : [.. judged.OrderByDescending(network => ObjectiveOf(set, network))];
        ComparedNetwork best = ranked[0];
        bool tied = inBand.Length > 1 && Tenths(set, ranked[1]) == Tenths(set, best);

        string kind = Kind(set);
        string figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * set.AccuracyOf(best)!.Value:F1} % at {set.LatencyOf(best):F3} ms"
        );
        string why =
            judged.Length == 1
                ? $"it is {(letter.Length == 0 ? "the only student here" : $"the only one of students {letter}")} with a {kind} mIoU "
                    + $"({figures}){OutOfBand(set, best)}"
            : inBand.Length == 0 ? $"no student lies in its band, and its {Objective} is the largest ({kind} mIoU {figures})"
            : inBand.Length == 1 ? $"it is the only student in its band ({kind} mIoU {figures})"
            : tied
                ? $"its {kind} mIoU is the highest of the {inBand.Length} students in band, to a tenth of a point that of "
                    + $"{ranked[1].Run.Name}, and its {Objective} is larger ({figures})"
            : $"its {kind} mIoU is the highest of the {inBand.Length} students in band ({figures})";
        string keep = letter.Length == 0 ? "Keep" : $"Of students {letter} keep";
        return new Recommendation(
            best,
            $"{keep} {best.Run.Name}: {why}.{Doubts(set, best, ranked, groups)}{Doubts(set, best, judged, letter)}"
        );
    }

    private static string Kind(ComparedSet set) => set.Accuracy == QualityBasis.Trained ? "trained" : "supernet";

    private static string OutOfBand(ComparedSet set, ComparedNetwork network) =>
        set.PlaceOf(network) switch
        {
            BandPlace.Fast => ", faster than its band",
            BandPlace.Slow => ", slower than its band",
            _ => "",
        };

    private static string Doubts(ComparedSet set, ComparedNetwork best, ComparedNetwork[] ranked, IReadOnlyList<SeedGroup> groups)
    {
        string doubts = "";
        // The other one's settings may vary more.
        double? deviation = ranked.Take(2).Max(Deviation);
        if (
            deviation is not null
            && ranked.Length > 1
            && set.AccuracyOf(best) - set.AccuracyOf(ranked[1]) is { } lead
            && Math.Abs(lead) < deviation
        )
        {
            doubts += string.Create(
                CultureInfo.InvariantCulture,
                $" Its lead over {ranked[1].Run.Name} ({100 * lead:F1} points) is within the standard deviation over seeds "
                    + $"({100 * deviation:F1})."
            );
        }
        return doubts;

        double? Deviation(ComparedNetwork network)
        {
            SeedGroup? group = groups.FirstOrDefault(each => each.Networks.Contains(network));
            return (set.Accuracy == QualityBasis.Trained ? group?.TrainedMeanIou : group?.SupernetMeanIou)?.StandardDeviation;
        }
    }

    private static string Doubts(ComparedSet set, ComparedNetwork best, ComparedNetwork[] judged, string letter)
    {
        string doubts = "",
            here = letter.Length == 0 ? "here" : $"among students {letter}";
        if (best.Run.IsRandom)
            doubts += Array.Exists(judged, network => !network.Run.IsRandom)
                ? $" It is a random network: no search {here} did better."
                : $" It is a random network, and {here} is no searched one with a {Kind(set)} mIoU beside it.";
        if (set.Accuracy == QualityBasis.Trained && judged.Length < set.Networks.Count)
            doubts += $" Without a trained mIoU, so not judged: {Names(set.Networks.Except(judged))}.";
        if (set.Accuracy == QualityBasis.Supernet)
            doubts += " A supernet's mIoU is not a network's: train and evaluate before relying on it.";
        return doubts;
    }

    private static double ObjectiveOf(ComparedSet set, ComparedNetwork network) =>
        PaperObjective.Of(set.AccuracyOf(network)!.Value, set.LatencyOf(network), PaperLatencyMs);

    private static double Tenths(ComparedSet set, ComparedNetwork network) => Math.Round(1000 * set.AccuracyOf(network)!.Value);

    private static string Names(IEnumerable<ComparedNetwork> networks) => string.Join(", ", networks.Select(network => network.Run.Name));
}
