using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Validating;
using Spectre.Console;
using static System.FormattableString;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints how well a table predicts whole networks; 80 columns are enough.</summary>
public static class ValidationReport
{
    private const int MostParts = 6;

    /// <summary>What is drawn and how it is used, before anything is measured.</summary>
    public static void WriteDraw(IAnsiConsole console, LatencyTable table, TableValidation validation)
    {
        ValidationSettings settings = validation.Settings;
        FactList.Write(
            console,
            ("table", Invariant($"{table.Entries.Count} entries, {validation.TableSha256[..8]}...")),
            ("device", table.Identity.DeviceName),
            ("space", validation.Space.ToString()),
            (
                "networks",
                Invariant($"{settings.Reporting} to report on")
                    + (settings.Fitting > 0 ? Invariant($", {settings.Fitting} to fit on") : "")
                    + Invariant($", seed {settings.Seed}")
                    + settings.Passes switch
                    {
                        <= 1 => "",
                        2 => ", each measured twice",
                        int passes => Invariant($", each measured {passes} times"),
                    }
            )
        );
        ValidatedNetwork[] lacking = [.. validation.Networks.Where(network => !network.HasAllParts())];
        if (lacking.Length == 0)
            return;
        string[] missing = [.. lacking.SelectMany(network => network.Missing).Distinct().Order(StringComparer.Ordinal)];
        console.WriteLine(
            Invariant($"{lacking.Length} of them need parts that the table has no usable entry for, and take no part: ")
                + Invariant($"{string.Join(", ", missing)}.")
        );
    }

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
            console.WriteLine(
                Invariant($"In brackets 95 % intervals. Near pairs: {estimate.Reporting.NearPairs} pairs of reporting networks within ")
                    + "20 % of each other's latency."
            );
            WriteKinds(console, estimate.Kinds);
            foreach (WorstCase worst in estimate.Worst)
                WriteWorst(console, worst);
        }
        console.WriteLine(
            Invariant($"{results.Noisy} of {results.Readings} measurements are noisy (the time cap came before the interval was narrow ")
                + Invariant($"enough), {results.MostlyDisturbed} had more runs set aside as disturbed than counted.")
        );
        if (validation.Drift is { Count: > 0 } drift)
            console.WriteLine(
                Invariant($"The device's drift: {drift[0].Operators} of the table's operators took ")
                    + Invariant(
                        $"{drift.Min(reading => reading.Ratio):F3} to {drift.Max(reading => reading.Ratio):F3} times as long as in "
                    )
                    + Invariant($"the table, in {drift.Count} readings.")
            );
        if (validation.MeasuredOn is { } measured && measured.Protocol != validation.TableIdentity.Protocol)
            console.WriteLine(
                $"Table and networks were sampled by different protocols: {validation.TableIdentity.Protocol} (table), "
                    + $"{measured.Protocol} (networks)."
            );
    }

    /// <summary>One line on the validation beside a table; nothing where there is none.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="table">The table.</param>
    /// <param name="path">Where its validation would be.</param>
    public static void WriteBeside(IAnsiConsole console, LatencyTable table, string path)
    {
        if (!File.Exists(path))
            return;
        console.WriteLine(Sentence(table, path));
    }

    private static string Sentence(LatencyTable table, string path)
    {
        try
        {
            TableValidation validation = TableValidationFile.Load(path);
            if (validation.TableSha256 != LatencyTableJson.HashOf(table))
                return $"{path} is the validation of another table.";
            if (validation.Results is not { Estimates.Count: > 0 } results)
                return Invariant($"{path} is a validation that is not finished: {validation.Done()} of {validation.Total()} measurements.");
            string ways = string.Join(
                "; ",
                results.Estimates.Select(estimate =>
                    Invariant($"{estimate.Way}, Pearson {Plain(estimate.Reporting.Pearson)}, bias ")
                    + Invariant($"{Percent(estimate.Reporting.Bias.Value)}, MAPE ")
                    + Invariant($"{Percent(estimate.Reporting.Mape.Value, signed: false)}, ")
                    + Invariant($"{100 * estimate.Reporting.Within5.Value:F1} % within 5 %")
                )
            );
            return Invariant($"Validated on {results.Estimates[0].Reporting.Networks} whole networks ({path}): {ways}.");
        }
        catch (UserErrorException fault)
        {
            return fault.Message;
        }
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
        Add("bias", column => column.Bias, value => Hundredths(value), " %");
        Add("MAPE", column => column.Mape, value => Hundredths(value, signed: false), " %");
        Add("within 2 %", column => column.Within2, Share, " %");
        Add("within 5 %", column => column.Within5, Share, " %");
        Add("within 10 %", column => column.Within10, Share, " %");
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
                new Text(Percent(kind.Bias)),
                new Text(Percent(kind.Mape, signed: false))
            );
        console.Write(view);
    }

    private static void WriteWorst(IAnsiConsole console, WorstCase worst)
    {
        console.WriteLine(Invariant($"Worst: network {worst.Number}, {worst.Network}"));
        console.WriteLine(
            Invariant($"  estimate {worst.EstimateMs:F3} ms, measured {worst.MeasuredMs:F3} ")
                + Invariant($"ms{(worst.Noisy ? " (noisy)" : "")}, error {Percent(worst.Error)}")
        );
        foreach (WorstCase.Part part in worst.Parts.Take(MostParts))
            console.WriteLine(
                Invariant($"  {part.Milliseconds, 9:F4} ms {100 * part.Milliseconds / worst.EstimateMs, 5:F1} %  ")
                    + Invariant($"{part.Key}{(part.Times > 1 ? Invariant($", {part.Times} times") : "")}")
            );
        WorstCase.Part[] rest = [.. worst.Parts.Skip(MostParts)];
        if (rest.Length > 0)
            console.WriteLine(
                Invariant($"  {rest.Sum(part => part.Milliseconds), 9:F4} ms ")
                    + Invariant($"{100 * rest.Sum(part => part.Milliseconds) / worst.EstimateMs, 5:F1} ")
                    + Invariant($"%  {rest.Sum(part => part.Times)} more parts")
            );
        console.WriteLine();
    }

    // Three columns with their intervals are 80 wide.
    private static TableColumn Tight(string header) => new TableColumn(header).Padding(0, 0, 1, 0);

    private static string Plain(Figure? figure) => figure is null ? "none" : Correlation(figure.Value);

    private static string Correlation(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Percent(double share, bool signed = true) => Hundredths(share, signed) + " %";

    private static string Hundredths(double share, bool signed = true) =>
        (100 * share).ToString(signed ? "+0.00;-0.00;0.00" : "F2", CultureInfo.InvariantCulture);

    private static string Share(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}
