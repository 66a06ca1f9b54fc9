using FasterSeg.Latency;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Bench.Validating;

/// <summary>What corrections are worth that are fitted on a few networks only, as at the end of a table's job: over many draws of them from
/// all networks of a validation, each judged on those that were not drawn.</summary>
internal static class FewNetworks
{
    private static readonly (string Name, Func<Terms, double>[] Terms)[] Ways =
    [
        ("factor", [t => t.Sum]),
        ("factor, parts", [t => t.Sum, t => -t.Parts]),
        ("factor, weights", [t => t.Sum, t => t.Weights]),
        ("factor, weights, parts", [t => t.Sum, t => t.Weights, t => -t.Parts]),
        ("four numbers", [t => t.Sum, t => -t.Boundaries, t => t.Weights, t => -t.Parts]),
    ];

    /// <summary>Prints a row for each way.</summary>
    /// <param name="lut">The table.</param>
    /// <param name="path">Its validation.</param>
    /// <param name="few">Networks to fit on.</param>
    /// <param name="draws">How often they are drawn.</param>
    /// <param name="passes">Measurements of each that the fit has: as many passes, one after the other, and the median.</param>
    public static int Run(string lut, string path, int few, int draws, int passes)
    {
        LatencyTable table = LatencyTableJson.Load(lut);
        TableValidation validation = TableValidationFile.Load(path);
        if (validation.TableSha256 != LatencyTableJson.HashOf(table))
            throw new UserErrorException($"{path} is the validation of another table than {lut}.");
        ValidatedNetwork[] all = [.. validation.Networks.Where(network => network.Readings.Count > 0)];
        Terms[] terms = [.. all.Select(network => Terms.Of(validation.Plan(network), table.With(null)))];
        // Judged by all measurements, fitted on few: a job has no time for more.
        double[] truth = [.. all.Select(network => validation.WithoutDriftMs(network, Repetition.All)!.Value)];
        double[][] each =
        [
            .. all.Select(one => Enumerable.Range(0, one.Readings.Count).Select(i => validation.WithoutDriftMs(one, i)).ToArray()),
        ];
        int most = each.Min(one => one.Length);
        if (passes < 1 || passes > most)
            throw new UserErrorException($"{path} has {most} measurements of each network: name --passes from 1 to {most}.");
        double[] once = [];
        var rows = new Dictionary<string, List<(double Bias, double Mape, double Worst)>>();
        var random = new SplitMix64(1);
        for (int draw = 0; draw < draws; draw++)
        {
            int[] order = random.Shuffle(Enumerable.Range(0, all.Length)),
                fit = order[..few],
                rest = order[few..];
            int begin = (int)(random.Next() % (ulong)(most - passes + 1));
            once = [.. each.Select(one => one.AsSpan(begin, passes).ToArray().Median())];
            Judge("plain sum", [t => t.Sum], [1]);
            var fitted = Ways.Select(way => (way.Name, way.Terms, Numbers: Fit(way.Terms, fit), Left: LeaveOneOut(way.Terms, fit)))
                .ToArray();
            foreach (var way in fitted)
                Judge(way.Name, way.Terms, way.Numbers);
            var best = fitted.MinBy(way => way.Left);
            Judge("the best by cross-validation", best.Terms, best.Numbers);
            // The simplest that is no more than a tenth worse than the best.
            var simple = fitted.First(way => way.Left <= 1.1 * best.Left);
            Judge("the simplest near the best", simple.Terms, simple.Numbers);
            CorrectionFit.Network[] networks =
            [
                .. fit.Select(i => new CorrectionFit.Network([.. validation.Plan(all[i]).Parts.Select(part => part.Spec)], once[i])),
            ];
            LatencyCorrection product = CorrectionFit.Fit(networks, table);
            double[] four = [product.Scale, product.BoundaryNs, product.WeightNs, product.PartMs];
            Judge("four numbers, robust", fitted[^1].Terms, four);
            bool isKept = product.Deviation < CorrectionFit.PlainDeviation(networks, table);
            Judge("as a table's job decides", fitted[^1].Terms, isKept ? four : [1, 0, 0, 0]);

            void Judge(string name, Func<Terms, double>[] way, double[] numbers)
            {
                double[] errors = [.. rest.Select(i => (Estimate(way, numbers, i) / truth[i]) - 1)];
                if (!rows.TryGetValue(name, out var list))
                    rows[name] = list = [];
                list.Add((errors.Mean(), errors.Select(Math.Abs).Mean(), errors.Select(Math.Abs).Max()));
            }
        }
        Console.WriteLine(FormattableString.Invariant($"{few} of {all.Length} networks to fit on, {draws} draws; percent"));
        Console.WriteLine("way,bias_mean_of_absolutes,bias_95,mape_mean,mape_95,worst_mean");
        foreach ((string name, var list) in rows)
            Console.WriteLine(
                FormattableString.Invariant($"\"{name}\",{100 * list.Average(one => Math.Abs(one.Bias)):F2},")
                    + FormattableString.Invariant($"{100 * list.Select(one => Math.Abs(one.Bias)).Quantile(0.95):F2},")
                    + FormattableString.Invariant($"{100 * list.Average(one => one.Mape):F2},")
                    + FormattableString.Invariant($"{100 * list.Select(one => one.Mape).Quantile(0.95):F2},")
                    + FormattableString.Invariant($"{100 * list.Average(one => one.Worst):F2}")
            );
        return 0;

        double Estimate(Func<Terms, double>[] way, double[] numbers, int network) =>
            way.Zip(numbers, (term, number) => number * term(terms[network])).Sum();

        double[] Fit(Func<Terms, double>[] way, IReadOnlyList<int> networks) =>
            NonNegativeLeastSquares.SolveRelative(
                [.. way.Select(term => networks.Select(i => term(terms[i])).ToArray())],
                [.. networks.Select(i => once[i])]
            );

        double LeaveOneOut(Func<Terms, double>[] way, int[] networks) =>
            networks.Select(i => (Estimate(way, Fit(way, [.. networks.Except([i])]), i) / once[i]) - 1).RootMeanSquare();
    }
}
