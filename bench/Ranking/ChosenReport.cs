namespace FasterSeg.Bench.Ranking;

/// <summary>Networks that searches chose freely, among the band's random ones.</summary>
internal static class ChosenReport
{
    /// <summary>Prints each with its estimate, its trainings and its place, and the mean of each search's seeds.</summary>
    /// <param name="truths">The band's networks and trainings.</param>
    /// <param name="chosen">The chosen ones and theirs.</param>
    /// <param name="steps">A training's length.</param>
    /// <param name="output">Where to.</param>
    public static void Write(RankingFile truths, RankingFile chosen, int steps, TextWriter output)
    {
        RankingFile band = truths.OfBand(0);
        foreach (Quality quality in new[] { Quality.Loss, Quality.MeanIou })
        {
            IReadOnlyDictionary<string, double> others = quality.Of(band, steps);
            IReadOnlyDictionary<int, double> common = quality.Common(band, steps);
            output.WriteLine($"Chosen, by the {quality.Name}:");
            var placed = new List<(string Search, Choice Choice)>();
            foreach (RankedNetwork network in chosen.Networks)
            {
                IEnumerable<Truth> trainings = chosen.Truths.Where(one => one.Network == network.Name && one.Steps == steps);
                Truth[] own = [.. trainings.Where(one => common.ContainsKey(one.Seed))];
                if (own.Length == 0)
                    continue;
                var choice = Choice.Of(own.Average(one => quality.OfTraining(one) - common[one.Seed]), [.. others.Values]);
                placed.Add((network.Name[..network.Name.LastIndexOf('-')], choice));
                output.WriteLine(
                    FormattableString.Invariant($"{network.Name}, {network.EstimateMs:F3} ms, {own.Length} seeds, ")
                        + FormattableString.Invariant($"mIoU {100 * own.Average(one => one.MeanIou):F2} %, ")
                        + FormattableString.Invariant($"loss {own.Average(one => one.Loss):F4}: {Choice.Tell([choice])}.")
                );
            }
            foreach (var search in placed.GroupBy(one => one.Search))
                output.WriteLine($"{search.Key}: {Choice.Tell([.. search.Select(one => one.Choice)])}.");
        }
    }
}
