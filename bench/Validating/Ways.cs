using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;

namespace FasterSeg.Bench.Validating;

/// <summary>Corrections of the plain sum, each fitted on the fitting networks and judged on the others, with the device's drift taken out
/// of the measurements.</summary>
internal static class Ways
{
    private static readonly (string Name, Func<Terms, double>[] Terms)[] All =
    [
        ("factor", [t => t.Sum]),
        ("line", [t => t.Sum, t => -1, t => 1]),
        ("factor, parts", [t => t.Sum, t => -t.Parts]),
        ("factor, boundaries", [t => t.Sum, t => -t.Boundaries]),
        ("factor, saved layout changes", [t => t.Sum, t => -t.Saved]),
        ("factor, weights", [t => t.Sum, t => t.Weights]),
        ("two factors (zoomed or not)", [t => t.Convolutions, t => t.Zoomed]),
        ("boundaries, weights", [t => t.Sum, t => -t.Boundaries, t => t.Weights]),
        ("saved layout changes, weights", [t => t.Sum, t => -t.Saved, t => t.Weights]),
        ("boundaries, weights, parts (chosen)", [t => t.Sum, t => -t.Boundaries, t => t.Weights, t => -t.Parts]),
        ("saved layout changes, weights, parts", [t => t.Sum, t => -t.Saved, t => t.Weights, t => -t.Parts]),
        ("the chosen, two factors", [t => t.Convolutions, t => t.Zoomed, t => -t.Boundaries, t => t.Weights, t => -t.Parts]),
    ];

    /// <summary>Prints a row for each way.</summary>
    public static int Run(string lut, string path)
    {
        LatencyTable table = LatencyTableJson.Load(lut);
        TableValidation validation = TableValidationFile.Load(path);
        if (validation.TableSha256 != LatencyTableJson.HashOf(table))
            throw new UserErrorException($"{path} is the validation of another table than {lut}.");
        // Each way is fitted on the entries as they were measured.
        table = table.With(null);
        ValidatedNetwork[] fitting = [.. validation.Measured(NetworkUse.Fitting)],
            reporting = [.. validation.Measured(NetworkUse.Reporting)];
        if (fitting.Length < CorrectionFit.FewestNetworks || reporting.Length == 0)
            throw new UserErrorException($"{path} has too few measured networks to fit on ({fitting.Length}).");
        Terms[] TermsOf(ValidatedNetwork[] networks) => [.. networks.Select(network => Terms.Of(validation.Plan(network), table))];
        double[] Ms(IEnumerable<ValidatedNetwork> networks, Repetition which) =>
            [.. networks.Select(network => validation.WithoutDriftMs(network, which)!.Value)];

        Console.WriteLine(
            FormattableString.Invariant($"{fitting.Length} networks to fit on, {reporting.Length} to judge by, each measured up to ")
                + FormattableString.Invariant($"{validation.Networks.Max(network => network.Readings.Count)} times")
        );
        Console.WriteLine("way,pearson,kendall_near,bias_percent,mape_percent,within_2,within_5,worst_percent,numbers");
        ValidatedNetwork[] again = [.. reporting.Where(network => network.Readings.Count > 1)];
        if (again.Length > 0)
            Write("measured again", Ms(again, Repetition.Second), Ms(again, Repetition.First), []);
        Terms[] learned = TermsOf(fitting),
            judged = TermsOf(reporting);
        double[] target = Ms(fitting, Repetition.All),
            truth = Ms(reporting, Repetition.All);
        Write("plain sum", [.. judged.Select(one => one.Sum)], truth, []);
        foreach (var (name, terms) in All)
        {
            double[] numbers = NonNegativeLeastSquares.SolveRelative([.. terms.Select(term => learned.Select(term).ToArray())], target);
            Write(name, [.. judged.Select(one => terms.Zip(numbers, (term, number) => number * term(one)).Sum())], truth, numbers);
        }
        return 0;
    }

    private static void Write(string name, double[] estimated, double[] measured, double[] numbers)
    {
        var agreement = Agreement.Of(estimated, measured);
        double worst = estimated.Zip(measured, (one, other) => Math.Abs(Agreement.Error(one, other))).Max();
        Console.WriteLine(
            FormattableString.Invariant(
                $"\"{name}\",{agreement.Pearson?.Value:F5},{agreement.KendallNear?.Value:F4},{100 * agreement.Bias.Value:F2},"
            )
                + FormattableString.Invariant(
                    $"{100 * agreement.Mape.Value:F2},{100 * agreement.Within2.Value:F1},{100 * agreement.Within5.Value:F1},"
                )
                + FormattableString.Invariant(
                    $"{100 * worst:F1},{string.Join(' ', numbers.Select(number => FormattableString.Invariant($"{number:G4}")))}"
                )
        );
    }
}
