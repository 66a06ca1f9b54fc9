namespace FasterSeg.Bench.Ranking;

/// <summary>What searches of equal time choose, all of whose trainings are short: random networks, or those that shared weights put
/// first.</summary>
internal static class ShortReport
{
    // In short trainings; the last are twelve long ones.
    private static readonly int[] Budgets = [6, 12, 24, 48];

    /// <summary>Prints it, where there are long trainings enough.</summary>
    public static void Write(RankingFile file, IReadOnlyList<SupernetScores> scores, int steps, Quality quality, TextWriter output)
    {
        var trials = new ShortTrials(
            file,
            [.. file.Networks.Where(network => network.Band == 0).Select(network => network.Name)],
            steps,
            quality
        );
        if (!trials.AreThere)
            return;
        output.WriteLine(
            FormattableString.Invariant($"Trainings of {steps / HalvingTrials.Share} steps choose, those of {steps} judge, ")
                + $"each search in a band of {trials.OfABand} networks:"
        );
        foreach (int budget in Budgets)
        {
            output.WriteLine($"{budget} short trainings' time:");
            output.WriteLine($"  random, {budget} trained: {Choice.Tell(trials.OfRandom(budget))}");
            foreach (var supernets in scores.Where(one => trials.Known.All(one.Losses.ContainsKey)).GroupBy(one => one.Supernet))
            {
                Write([.. supernets.Select(one => (SupernetScores[])[one])], $"{supernets.Key}, one supernet");
                if (supernets.Count() > 1)
                    Write(
                        [
                            [.. supernets],
                        ],
                        $"{supernets.Key}, the mean of {supernets.Count()}"
                    );
            }

            void Write(IReadOnlyList<SupernetScores[]> searches, string title)
            {
                double[] left =
                [
                    .. searches.Select(all => budget - all.Sum(one => one.Trainings(file, steps / HalvingTrials.Share) ?? double.NaN)),
                ];
                if (!left.All(each => each >= 0))
                    return;
                foreach (double weight in new[] { 0.0, 1 })
                {
                    Choice[] choices =
                    [
                        .. searches.Zip(left).SelectMany(one => trials.OfScore(name => Mean(one.First, name), (int)one.Second, weight)),
                    ];
                    output.WriteLine(
                        FormattableString.Invariant($"  {title}, then {left.Average():F1} trained, score weight {weight}: ")
                            + Choice.Tell(choices)
                    );
                }
            }
        }
    }

    private static double Mean(SupernetScores[] supernets, string name) => supernets.Average(one => Quality.Loss.OfSupernet(one, name));
}
