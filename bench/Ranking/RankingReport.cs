using FasterSeg.Latency.Agreeing;

namespace FasterSeg.Bench.Ranking;

/// <summary>What the trainings say: how well they tell networks apart, and what predicts them without training.</summary>
internal static class RankingReport
{
    /// <summary>Prints it, as far as trainings are there.</summary>
    public static void Write(RankingFile file, IReadOnlyList<SupernetScores> scores, int steps, TextWriter output)
    {
        RankedNetwork[] band = [.. file.Networks.Where(network => network.Band == 0)];
        output.WriteLine(
            FormattableString.Invariant($"{file.Truths.Count} trainings, {file.Truths.Sum(one => one.Seconds) / 3600:F2} processor hours.")
        );
        foreach (int length in file.Truths.Select(one => one.Steps).Distinct().Order())
            Seeds(file, length, output);
        Lengths(file, steps, 4 * steps, output);
        Lengths(file, steps, steps / 4, output);
        Predictors("band 0", file, band, steps, output);
        Predictors("all bands", file, file.Networks, steps, output);
        foreach (var supernets in scores.GroupBy(one => one.Supernet))
        {
            Scores("band 0", file, band, [.. supernets], steps, output);
            Scores("all bands", file, file.Networks, [.. supernets], steps, output);
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

    private static void Lengths(RankingFile file, int one, int other, TextWriter output)
    {
        Dictionary<string, double> first = Means(file, one, truth => truth.MeanIou),
            second = Means(file, other, truth => truth.MeanIou);
        string[] both = [.. first.Keys.Where(second.ContainsKey)];
        if (both.Length < 3)
            return;
        double? tau = KendallTau.Of([.. both.Select(name => first[name])], [.. both.Select(name => second[name])]).Tau;
        output.WriteLine(FormattableString.Invariant($"{one} against {other} steps: tau {tau:F2} over {both.Length} networks."));
    }

    private static void Predictors(string title, RankingFile file, IReadOnlyList<RankedNetwork> networks, int steps, TextWriter output)
    {
        Dictionary<string, double> truths = Means(file, steps, truth => truth.MeanIou);
        RankedNetwork[] known = [.. networks.Where(network => truths.ContainsKey(network.Name))];
        if (known.Length < 3)
            return;
        double[] truth = [.. known.Select(network => truths[network.Name])];
        double Tau(Func<RankedNetwork, double> score) => KendallTau.Of([.. known.Select(score)], truth).Tau ?? double.NaN;
        output.WriteLine(
            FormattableString.Invariant($"{title}, {known.Length} networks, tau with the mIoU at {steps} steps: ")
                + FormattableString.Invariant($"multiplications {Tau(one => one.Multiplications):F2}, ")
                + FormattableString.Invariant($"parameters {Tau(one => one.Parameters):F2}, ")
                + FormattableString.Invariant($"fewer convolutions {Tau(one => -one.Convolutions):F2}, ")
                + FormattableString.Invariant($"latency {Tau(one => one.EstimateMs):F2}.")
        );
    }

    private static void Scores(
        string title,
        RankingFile file,
        IReadOnlyList<RankedNetwork> networks,
        SupernetScores[] supernets,
        int steps,
        TextWriter output
    )
    {
        Dictionary<string, double> truths = Means(file, steps, truth => truth.MeanIou);
        string[] known = [.. networks.Select(network => network.Name).Where(truths.ContainsKey)];
        if (known.Length < 3)
            return;
        double[] truth = [.. known.Select(name => truths[name])];
        double Tau(Func<string, double> score) => KendallTau.Of([.. known.Select(score)], truth).Tau ?? double.NaN;
        double[] losses = [.. supernets.Select(one => Tau(name => -one.Losses[name]))];
        output.WriteLine(
            FormattableString.Invariant(
                $"{title}, {known.Length} networks, {supernets.Length} supernets {supernets[0].Supernet}: tau of the "
            )
                + FormattableString.Invariant(
                    $"loss {losses.Average():F2} ({string.Join(", ", losses.Select(one => one.ToString("F2", null)))}), "
                )
                + FormattableString.Invariant($"of its mean {Tau(name => -supernets.Average(one => one.Losses[name])):F2}; ")
                + FormattableString.Invariant($"of the mIoU {supernets.Average(one => Tau(name => one.MeanIous[name])):F2}, ")
                + FormattableString.Invariant($"of its mean {Tau(name => supernets.Average(one => one.MeanIous[name])):F2}.")
        );
    }

    private static Dictionary<string, double> Means(RankingFile file, int steps, Func<Truth, double> value) =>
        file
            .Truths.Where(one => one.Steps == steps)
            .GroupBy(one => one.Network)
            .ToDictionary(group => group.Key, group => group.Average(value));
}
