using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// The decisions that a search takes by latency, as each of two tables would take them. A table decides between two operators where they
/// differ by more than the difference's 95 % interval and by <see cref="ComparedPair.Margin"/> at least. Latencies are those of operators
/// alone, whether or not a table has a correction.
/// </summary>
/// <param name="Operators">
/// alpha: any two searched operators at one place, that is on one map, from and to the same channels, with one stride. A stride-1 skip
/// takes no time in either table and is none of them.
/// </param>
/// <param name="Widths">gamma: an operator with the next wider output beside itself. A table says that the wider one is slower, or that it
/// is for nothing: not slower at all.</param>
/// <param name="Scales">
/// beta: a layer before or after its branch goes down, with one operator and one width ratio: on the finer map, or on the coarser one with
/// more channels, which takes as many multiplications. The layer that goes down is the same one either way. Empty where no space says which
/// channels belong together.
/// </param>
/// <param name="Places">Places at which two or more searched operators have a latency in both tables.</param>
/// <param name="FastestDiffers">Places at which the fastest operator of the first table is told apart from that of the second one by both
/// tables, so that they name different ones.</param>
public sealed record DecisionComparison(
    IReadOnlyList<ComparedPair> Operators,
    IReadOnlyList<ComparedPair> Widths,
    IReadOnlyList<ComparedPair> Scales,
    int Places,
    int FastestDiffers
)
{
    /// <summary>Compares the decisions.</summary>
    /// <param name="comparison">The tables, operator by operator.</param>
    /// <param name="space">The space that both are of; null where they name none, or different ones.</param>
    public static DecisionComparison Of(TableComparison comparison, SearchSpace? space)
    {
        ComparedEntry[] searched = [.. comparison.Entries.Where(entry => entry.Spec.IsSearched).OrderBy(entry => entry.Spec.Kind)];
        ComparedEntry[][] places =
        [
            .. searched
                .GroupBy(entry => entry.Spec with { Kind = OperatorKind.Skip })
                .Select(place => place.ToArray())
                .Where(place => place.Length > 1),
        ];
        return new(
            [.. places.SelectMany(Pairs)],
            [.. searched.GroupBy(entry => entry.Spec with { OutChannels = 0 }).SelectMany(Neighbours)],
            space is null ? [] : [.. Scaled(space, searched.ToDictionary(entry => entry.Spec))],
            places.Length,
            places.Count(IsFastestAnother)
        );
    }

    private static IEnumerable<ComparedPair> Pairs(ComparedEntry[] place) =>
        place.SelectMany((one, i) => place[(i + 1)..].Select(other => new ComparedPair(one, other)));

    private static IEnumerable<ComparedPair> Neighbours(IEnumerable<ComparedEntry> widths)
    {
        ComparedEntry[] ascending = [.. widths.OrderBy(entry => entry.Spec.OutChannels)];
        return ascending.Zip(ascending.Skip(1), (narrow, wide) => new ComparedPair(wide, narrow, AsFastCounts: true));
    }

    private static IEnumerable<ComparedPair> Scaled(SearchSpace space, Dictionary<OperatorSpec, ComparedEntry> searched)
    {
        foreach (OperatorKind kind in SearchSpace.SearchedKinds)
        {
            foreach ((int fine, int coarse) in SearchSpace.Scales.Zip(SearchSpace.Scales.Skip(1)))
            {
                foreach (double ratio in space.WidthRatios)
                {
                    if (
                        searched.TryGetValue(Layer(fine, ratio), out ComparedEntry? before)
                        && searched.TryGetValue(Layer(coarse, ratio), out ComparedEntry? after)
                    )
                        yield return new(before, after);
                }
            }

            OperatorSpec Layer(int scale, double ratio) =>
                new(kind, space.Height / scale, space.Width / scale, space.Channels(scale, ratio), space.Channels(scale, ratio));
        }
    }

    private static bool IsFastestAnother(ComparedEntry[] place) =>
        new ComparedPair(place.MinBy(entry => entry.First.MedianMs)!, place.MinBy(entry => entry.Second.MedianMs)!).Flips;
}
