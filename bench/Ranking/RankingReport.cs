using FasterSeg.Latency.Agreeing;

namespace FasterSeg.Bench.Ranking;

/// <summary>What the trainings say: how well they tell networks apart, and what predicts them without training.</summary>
internal static class RankingReport
{
    // What every search may take, in full trainings.
    private const int Budget = 12;

    /// <summary>Prints it, as far as trainings are there.</summary>
    public static void Write(RankingFile file, IReadOnlyList<SupernetScores> scores, int steps, TextWriter output)
    {
        RankedNetwork[] band = [.. file.Networks.Where(network => network.Band == 0)];
        output.WriteLine(
            FormattableString.Invariant($"{file.Truths.Count} trainings, {file.Truths.Sum(one => one.Seconds) / 3600:F2} processor hours.")
        );
        foreach (int length in file.Truths.Select(one => one.Steps).Distinct().Order())
            Seeds(file, length, output);
        foreach (Quality quality in new[] { Quality.Loss, Quality.MeanIou })
        {
            output.WriteLine($"By the {quality.Name}:");
            Lengths(file, quality, steps, 4 * steps, output);
            Lengths(file, quality, steps, steps / 4, output);
            Predictors("band 0", file, quality, band, steps, output);
            Predictors("all bands", file, quality, file.Networks, steps, output);
            var halving = new HalvingTrials(file, [.. band.Select(network => network.Name)], steps, quality);
            if (halving.OfRandom(Budget) is { Count: > 0 } random)
                output.WriteLine($"random with halving, {Budget} trainings: {Choice.Tell(random)}.");
            foreach (var supernets in scores.GroupBy(one => one.Supernet))
            {
                Scores("band 0", file, quality, band, [.. supernets], steps, output);
                Scores("all bands", file, quality, file.Networks, [.. supernets], steps, output);
                Choices(file, quality, band, [.. supernets], halving, steps, output);
            }
            ShortReport.Write(file, scores, steps, quality, output);
        }
    }

    private static void Seeds(RankingFile file, int length, TextWriter output)
    {
        Truth[][] all =
        [
            .. file
                .Truths.Where(one => one.Steps == length)
                .GroupBy(one => one.Network)
                .Select(group => group.OrderBy(one => one.Seed).ToArray()),
        ];
        int most = all.Max(trainings => trainings.Length);
        Truth[][] full = [.. all.Where(trainings => trainings.Length == most)];
        double[] values = [.. all.Select(trainings => trainings.Average(one => one.MeanIou))];
        output.Write(
            FormattableString.Invariant($"{length} steps: {all.Length} networks, mIoU {100 * values.Min():F2} to {100 * values.Max():F2} %")
        );
        if (most > 1 && full.Length > 2)
        {
            var iou = Intraclass.Of([.. full.Select(trainings => trainings.Select(one => 100 * one.MeanIou).ToArray())]);
            var loss = Intraclass.Of([.. full.Select(trainings => trainings.Select(one => one.Loss).ToArray())]);
            output.Write(
                FormattableString.Invariant($"; {full.Length} with {most} seeds: one seed's intraclass correlation {iou.Correlation:F2}, ")
                    + FormattableString.Invariant($"beside what a seed has in common for all {iou.Consistency:F2} ")
                    + FormattableString.Invariant($"(deviation {iou.Between:F2} between networks, {iou.Within:F2} between seeds), ")
                    + FormattableString.Invariant($"of the loss {loss.Correlation:F2} and {loss.Consistency:F2}")
            );
        }
        output.WriteLine(".");
    }

    private static void Lengths(RankingFile file, Quality quality, int one, int other, TextWriter output)
    {
        IReadOnlyDictionary<string, double> first = quality.Of(file, one),
            second = quality.Of(file, other);
        string[] both = [.. first.Keys.Where(second.ContainsKey)];
        if (both.Length < 3)
            return;
        double tau = Tau(both, name => first[name], name => second[name]);
        output.WriteLine(FormattableString.Invariant($"{one} against {other} steps: tau {tau:F2} over {both.Length} networks."));
    }

    private static void Predictors(
        string title,
        RankingFile file,
        Quality quality,
        IReadOnlyList<RankedNetwork> networks,
        int steps,
        TextWriter output
    )
    {
        IReadOnlyDictionary<string, double> truths = quality.Of(file, steps);
        RankedNetwork[] known = [.. networks.Where(network => truths.ContainsKey(network.Name))];
        if (known.Length < 3)
            return;
        double Of(Func<RankedNetwork, double> score) => Tau(known, score, network => truths[network.Name]);
        output.WriteLine(
            FormattableString.Invariant($"{title}, {known.Length} networks, tau with {steps} steps: ")
                + FormattableString.Invariant($"multiplications {Of(one => one.Multiplications):F2}, ")
                + FormattableString.Invariant($"parameters {Of(one => one.Parameters):F2}, ")
                + FormattableString.Invariant($"fewer convolutions {Of(one => -one.Convolutions):F2}, ")
                + FormattableString.Invariant($"latency {Of(one => one.EstimateMs):F2}.")
        );
    }

    private static void Scores(
        string title,
        RankingFile file,
        Quality quality,
        IReadOnlyList<RankedNetwork> networks,
        SupernetScores[] supernets,
        int steps,
        TextWriter output
    )
    {
        IReadOnlyDictionary<string, double> truths = quality.Of(file, steps);
        string[] known = [.. networks.Select(network => network.Name).Where(name => truths.ContainsKey(name) && HasAll(supernets, name))];
        if (known.Length < 3)
            return;
        double Of(Func<string, double> score) => Tau(known, score, name => truths[name]);
        // By the supernets' losses, whatever the truth is: their mIoU has few images to go by.
        double[] each = [.. supernets.Select(one => Of(name => Quality.Loss.OfSupernet(one, name)))];
        output.WriteLine(
            FormattableString.Invariant($"{title}, {known.Length} networks, {each.Length} supernets {supernets[0].Supernet}: tau of the ")
                + FormattableString.Invariant(
                    $"loss {each.Average():F2} ({string.Join(", ", each.Select(one => one.ToString("F2", null)))}), "
                )
                + FormattableString.Invariant($"of its mean {Of(name => MeanScore(Quality.Loss, supernets, name)):F2}; of the ")
                + FormattableString.Invariant($"mean mIoU {Of(name => MeanScore(Quality.MeanIou, supernets, name)):F2}.")
        );
    }

    /// <summary>What supernets choose in the band: the first by its score, and the best of the first few after short trainings.</summary>
    private static void Choices(
        RankingFile file,
        Quality quality,
        IReadOnlyList<RankedNetwork> band,
        SupernetScores[] supernets,
        HalvingTrials halving,
        int steps,
        TextWriter output
    )
    {
        IReadOnlyDictionary<string, double> all = quality.Of(file, steps);
        var truths = band.Where(network => all.ContainsKey(network.Name) && HasAll(supernets, network.Name))
            .ToDictionary(network => network.Name, network => all[network.Name]);
        if (truths.Count < 3)
            return;
        Choice First(Func<string, double> score) => Choice.Of(truths.Keys.MaxBy(score)!, truths);
        Choice[] first = [.. supernets.Select(one => First(name => Quality.Loss.OfSupernet(one, name)))];
        output.WriteLine(
            $"the first of {truths.Count}, {supernets[0].Supernet}: {Choice.Tell(first)} "
                + $"({string.Join(", ", first.Select(one => FormattableString.Invariant($"{one.Percentile:F0}")))}); "
                + $"of all supernets' mean {Choice.Tell([First(name => MeanScore(Quality.Loss, supernets, name))])}."
        );
        foreach (SupernetScores one in supernets)
        {
            // Half of what is left goes to short trainings, as random search's does.
            if (one.Trainings(file, steps) is not { } taken || (int)((Budget - taken) / 2) is not (> 0 and var last))
                continue;
            IReadOnlyList<Choice> halved = halving.OfScore(name => Quality.Loss.OfSupernet(one, name), HalvingTrials.Share * last, last);
            if (halved.Count > 0)
                output.WriteLine(
                    FormattableString.Invariant(
                        $"seed {one.Seed} takes {taken:F1} trainings; of its first {HalvingTrials.Share * last} after halving, "
                    ) + FormattableString.Invariant($"{last} in full: {Choice.Tell(halved)}.")
                );
        }
    }

    /// <summary>Whether a network has a score of each: some are of the networks alone that were known then.</summary>
    private static bool HasAll(SupernetScores[] supernets, string network) =>
        Array.TrueForAll(supernets, one => one.Losses.ContainsKey(network));

    private static double MeanScore(Quality quality, SupernetScores[] supernets, string network) =>
        supernets.Average(one => quality.OfSupernet(one, network));

    private static double Tau<T>(IReadOnlyList<T> networks, Func<T, double> score, Func<T, double> truth) =>
        KendallTau.Of([.. networks.Select(score)], [.. networks.Select(truth)]).Tau ?? double.NaN;
}
