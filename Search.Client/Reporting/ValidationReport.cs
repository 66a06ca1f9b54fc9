using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Search.Validating;
using Spectre.Console;
using static System.FormattableString;
using static FasterSeg.Search.Client.Reporting.Figures;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints how well a table predicts whole networks; 80 columns are enough.</summary>
public static class ValidationReport
{
    private const int MostParts = 6;

    /// <summary>Figures, kinds, worst cases and flags of a finished validation.</summary>
    public static void Write(IAnsiConsole console, TableValidation validation)
    {
        ValidationResults results = validation.Results!;
        foreach (EstimateResult estimate in results.Estimates)
        {
            WriteFigures(
                console,
                estimate.Way,
                [("reporting", estimate.Reporting), ("fitting", estimate.Fitting), ("measured again", results.NoiseCeiling)]
            );
            if (estimate.WithoutDrift is not null)
                WriteFigures(
                    console,
                    "drift taken out",
                    [("reporting", estimate.WithoutDrift), ("measured again", results.CeilingWithoutDrift)]
                );
            int pairs = estimate.Reporting.NearPairs;
            console.WriteLine(
                "In brackets 95 % intervals. "
                    + Invariant($"Near pairs: {Plural.Of(pairs, "pair")} of reporting networks within 20 % of each other's latency.")
            );
            WriteKinds(console, estimate.Kinds);
            foreach (WorstCase worst in estimate.Worst)
                WriteWorst(console, worst);
        }
        WriteFlags(console, results);
        if (results.NoiseCeiling is { } again && results.Estimates.Any(estimate => again.Mape.Value > estimate.Reporting.Mape.Value))
            console.WriteLine(
                "Networks that are measured again differ by more than estimates do: the figures say more about what else the device did "
                    + "than about the table."
            );
        if (validation.Drift is { Count: > 0 } drift)
            WriteDrift(console, drift);
        if (validation.MeasuredOn is { } measured && measured.Protocol != validation.TableIdentity.Protocol)
            console.WriteLine(
                $"Table and networks were sampled by different protocols: {validation.TableIdentity.Protocol} (table), "
                    + $"{measured.Protocol} (networks)."
            );
    }

    private static void WriteFlags(IAnsiConsole console, ValidationResults results) =>
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{results.Noisy} of {results.Readings} measurements are noisy (the time cap came before the interval was narrow enough), "
                    + $"{results.MostlyDisturbed} had more runs set aside as disturbed than counted."
            )
        );

    private static void WriteDrift(IAnsiConsole console, IReadOnlyList<DriftReading> drift)
    {
        (double least, double most) = (drift.Min(reading => reading.Ratio), drift.Max(reading => reading.Ratio));
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The device's drift: {drift[0].Operators} of the table's operators took {least:F3} to {most:F3} times as long as "
                    + $"in the table, in {drift.Count} readings."
            )
        );
    }

    private static void WriteFigures(IAnsiConsole console, string title, IReadOnlyList<(string Name, Agreement? Figures)> columns)
    {
        Table view = new Table { Border = TableBorder.Simple }.AddColumn(Tight(title));
        foreach ((string name, Agreement? figures) in columns)
        {
            if (figures is not null)
                view.AddColumn(Tight(Invariant($"{name} ({figures.Networks})")).RightAligned());
        }
        void Add(string name, Func<Agreement, Figure?> figure, Func<double, string> text, string unit = "") =>
            view.AddRow([
                new Text(name),
                .. columns
                    .Where(column => column.Figures is not null)
                    .Select(column => new Text(
                        figure(column.Figures!) is not { } known
                            ? "none"
                            // What a correction may have learned from proves nothing, so it has no interval.
                            : text(known.Value) + unit + (column.Name == "fitting" ? "" : $" ({text(known.Low)}..{text(known.High)})")
                    )),
            ]);
        Add("Pearson", column => column.Pearson, Correlation);
        Add("Spearman", column => column.Spearman, Correlation);
        Add("Kendall", column => column.Kendall, Correlation);
        Add("  near pairs", column => column.KendallNear, Correlation);
        Add("bias", column => column.Bias, SignedHundredths, " %");
        Add("MAPE", column => column.Mape, Hundredths, " %");
        Add("within 2 %", column => column.Within2, Percent, " %");
        Add("within 5 %", column => column.Within5, Percent, " %");
        Add("within 10 %", column => column.Within10, Percent, " %");
        console.Write(view);
    }

    private static void WriteKinds(IAnsiConsole console, IReadOnlyList<KindError> kinds)
    {
        Table view = new Table { Border = TableBorder.Simple }.AddColumn("reporting");
        foreach (string name in new[] { "networks", "bias", "MAPE" })
            view.AddColumn(new TableColumn(name).RightAligned());
        foreach (KindError kind in kinds)
            view.AddRow(
                new Text(kind.Kind),
                new Text(Invariant($"{kind.Networks}")),
                new Text(SignedHundredths(kind.Bias) + " %"),
                new Text(Hundredths(kind.Mape) + " %")
            );
        console.Write(view);
    }

    private static void WriteWorst(IAnsiConsole console, WorstCase worst)
    {
        console.WriteLine(Invariant($"Worst: network {worst.Number}, {worst.Network}"));
        string noisy = worst.Noisy ? " (noisy)" : "";
        console.WriteLine(
            Invariant(
                $"  estimate {worst.EstimateMs:F3} ms, measured {worst.MeasuredMs:F3} ms{noisy}, error {SignedHundredths(worst.Error)} %"
            )
        );
        void Add(double milliseconds, string what) =>
            console.WriteLine(Invariant($"  {milliseconds, 9:F4} ms {100 * milliseconds / worst.EstimateMs, 5:F1} %  {what}"));
        foreach (WorstCase.Part part in worst.Parts.Take(MostParts))
            Add(part.Milliseconds, part.Times > 1 ? Invariant($"{part.Key}, {part.Times} times") : part.Key);
        WorstCase.Part[] rest = [.. worst.Parts.Skip(MostParts)];
        if (rest.Length > 0)
            Add(rest.Sum(part => part.Milliseconds), Invariant($"{rest.Sum(part => part.Times)} more parts"));
        console.WriteLine();
    }

    // Three columns with their intervals are 80 wide.
    private static TableColumn Tight(string header) => new TableColumn(header).Padding(0, 0, 1, 0);
}
