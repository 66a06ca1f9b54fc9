using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints a latency table for people.</summary>
public static class LatencyTableReport
{
    // A few noisy entries among hundreds do not move a network's sum.
    private const double FewNoisy = 0.1;

    /// <summary>Device, size and spread in a few lines.</summary>
    public static void WriteSummary(IAnsiConsole console, LatencyTable table)
    {
        TableStatistics statistics = TableStatistics.Of(table);
        FactList.Write(
            console,
            ("device", table.Identity.DeviceName),
            ("entries", Sizes(statistics)),
            ("latency", Range(statistics.Range)),
            ("networks", table.Environment.GetValueOrDefault(LatencyTable.NetworksFact, "none were measured whole with this table"))
        );
        WriteWarnings(console, table);
    }

    /// <summary>What keeps a table from being trusted as a whole, a sentence each; nothing where nothing does.</summary>
    public static void WriteWarnings(IAnsiConsole console, LatencyTable table)
    {
        foreach (string sentence in Warnings(table))
            console.WriteLine(sentence);
    }

    /// <summary>The same sentences.</summary>
    public static IEnumerable<string> Warnings(LatencyTable table)
    {
        if (table.Loaded is { } reason)
            yield return $"The table was measured on a loaded device: {reason}. None of its entries counts as clean. Measure it again when "
                + "nothing else runs there.";
        LatencyEntry[] failed = [.. table.Entries.Where(entry => entry.Failure is not null)];
        if (failed.Length > 0)
            yield return $"{failed.Length} {(failed.Length == 1 ? "operator has" : "operators have")} no latency, so a search that needs "
                + $"one of them is refused; the first is {failed[0].Spec}: {failed[0].Failure!.TrimEnd('.')}. Measure the table again once "
                + "that is mended.";
        LatencyEntry[] measured = [.. table.Entries.Where(entry => entry is { Failure: null, Origin: EntryOrigin.Measured })];
        int noisy = measured.Count(entry => entry is { Noisy: true, Drifted: false }),
            drifted = table.Loaded is null ? measured.Count(entry => entry.Drifted) : 0;
        if (noisy > FewNoisy * measured.Length)
            yield return $"{noisy} of {measured.Length} measured entries are noisy: the time cap came before their interval was narrow. "
                + "Measure when nothing else runs there, or longer with --set measuring:maximumSeconds=1; 'fasterseg lut validate' says "
                + "whether it matters.";
        if (drifted > 0)
            yield return $"{drifted} of {measured.Length} measured entries are drifted: the device was not in its usual state. Cool it or "
                + "end what else runs there, and measure the table again.";
    }

    /// <summary>How many entries are predicted, and what they are expected to be off by.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="table">The table.</param>
    /// <param name="errors">Relative errors of measured entries as predicted from the others.</param>
    /// <param name="from">The file of the table that the predictions began with; null where there was none.</param>
    public static void WriteExpectedErrors(IAnsiConsole console, LatencyTable table, IReadOnlyList<double> errors, string? from = null)
    {
        int predicted = table.Entries.Count(entry => entry.Origin == EntryOrigin.Predicted),
            measured = table.Entries.Count(entry => entry.Origin == EntryOrigin.Measured);
        double[] sorted = [.. errors.Select(Math.Abs).Order()];
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Plural.Of(measured, "operator")} measured, {predicted} predicted from them{(from is null ? "" : $" and {from}")}. "
                    + $"Expected error: {100 * sorted[sorted.Length / 2]:F1} % in the median, less than "
                    + $"{100 * sorted[(int)(0.95 * (sorted.Length - 1))]:F0} % for 95 of 100 (from predicting each measured operator "
                    + $"with the others)."
            )
        );
        IEnumerable<string> kinds = table
            .Entries.Where(entry => entry.Origin is EntryOrigin.Predicted or EntryOrigin.Measured)
            .GroupBy(entry => entry.Spec.Kind)
            .OrderBy(kind => kind.Key)
            .Select(kind => (kind.Key, Predicted: kind.Count(entry => entry.Origin == EntryOrigin.Predicted), All: kind.Count()))
            .Where(kind => kind.Predicted > 0)
            .Select(kind => FormattableString.Invariant($"{kind.Predicted} of {kind.All} {OperatorKey.NameOf(kind.Key)}"));
        console.WriteLine(
            $"Predicted, not measured: {string.Join(", ", kinds)}. In the file these entries have \"origin\": \"predicted\" and their "
                + "bounds. To have more of them measured raise --budget; without it all are."
        );
    }

    /// <summary>Identity, size, spread by operator and by map, the slowest entries, and what is flagged.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="table">The table.</param>
    /// <param name="slowest">How many of the slowest entries to name.</param>
    public static void Write(IAnsiConsole console, LatencyTable table, int slowest)
    {
        TableStatistics statistics = TableStatistics.Of(table);
        TableIdentity identity = table.Identity;
        FactList.Write(
            console,
            [
                ("device", identity.DeviceName),
                ("uuid", identity.DeviceUuid),
                ("compute capability", identity.ComputeCapability),
                ("driver", identity.Driver),
                ("provider", $"{identity.Provider}, {identity.Precision}"),
                ("ONNX Runtime", identity.OnnxRuntime),
                ("TensorRT", identity.TensorRt),
                ("cuDNN", identity.Cudnn),
                ("threads", identity.Threads > 0 ? Figures.Count(identity.Threads) : null),
                ("batch", Figures.Count(identity.BatchSize)),
                ("protocol", identity.Protocol),
                .. FactList.Environment(table.Environment),
                ("space", table.Space?.ToString() ?? "not in the file"),
                (
                    "made",
                    table.Created == DateTimeOffset.UnixEpoch
                        ? null
                        : table.Created.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)
                ),
                ("sha-256", LatencyTableJson.HashOf(table)),
                ("entries", Sizes(statistics)),
                ("cards", Cards(table)),
                ("latency", Range(statistics.Range)),
                ("samples", Samples(table)),
                ("nodes ran on", Placements(table)),
                ("correction", Correction(table)),
            ]
        );
        WriteGroups(console, "operator", statistics.ByKind);
        WriteGroups(console, "scale (map)", statistics.ByMap);
        WriteGroups(console, "origin", statistics.ByOrigin);
        WriteSlowest(console, table, slowest);
        WriteFlagged(console, table);
        WriteWarnings(console, table);
    }

    private static void WriteGroups(IAnsiConsole console, string title, IReadOnlyList<TableGroup> groups)
    {
        Table view = NewTable(title)
            .AddColumn(Right("entries"))
            .AddColumn(Right("min ms"))
            .AddColumn(Right("median ms"))
            .AddColumn(Right("max ms"));
        foreach (TableGroup group in groups)
        {
            view.AddRow(
                new Text(group.Name),
                new Text(Figures.Count(group.Count)),
                new Text(Milliseconds(group.Range?.MinMs)),
                new Text(Milliseconds(group.Range?.MedianMs)),
                new Text(Milliseconds(group.Range?.MaxMs))
            );
        }
        console.Write(view);
    }

    private static void WriteSlowest(IAnsiConsole console, LatencyTable table, int count)
    {
        FilledTable view = new FilledTable(TableBorder.Simple)
            .AddColumn(new TableColumn("slowest"))
            .AddColumn(Right("median ms"))
            .AddColumn(Right("95 % confidence"))
            .AddColumn(Right("samples"));
        foreach (
            LatencyEntry entry in table.Entries.Where(entry => entry.Failure is null).OrderByDescending(entry => entry.MedianMs).Take(count)
        )
        {
            view.AddRow(
                entry.Spec.ToString(),
                Milliseconds(entry.MedianMs),
                entry.Spread is { } spread ? $"{Milliseconds(spread.ConfidenceLowMs)} to {Milliseconds(spread.ConfidenceHighMs)}" : "",
                entry.Spread is { } samples ? Figures.Count(samples.Samples) : ""
            );
        }
        view.Write(console);
    }

    private static void WriteFlagged(IAnsiConsole console, LatencyTable table)
    {
        Table view = NewTable("flagged").AddColumn("why");
        foreach (LatencyEntry entry in table.Entries)
        {
            if (entry.Failure is { } failure)
                view.AddRow(new Text(entry.Spec.ToString()), new Text($"failed: {failure}"));
            else if (entry.Drifted)
                view.AddRow(new Text(entry.Spec.ToString()), new Text("drifted: the device was not in its usual state"));
            else if (entry.Noisy)
                view.AddRow(new Text(entry.Spec.ToString()), new Text("noisy: the time cap came first"));
        }
        if (view.Rows.Count > 0)
            console.Write(view);
        else
            console.WriteLine("No entry is flagged.");
    }

    private static string? Cards(LatencyTable table) =>
        table.Members.Count == 0
            ? null
            : string.Join(
                ", ",
                table.Members.Select(member =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{member.Id} ({member.Entries} {(member.Entries == 1 ? "entry" : "entries")}{(
                            member.Uuid == table.Identity.DeviceUuid ? ", the reference"
                            : member.Factor == 1 ? ""
                            : string.Create(CultureInfo.InvariantCulture, $", divided by {member.Factor:0.0000}")
                        )})"
                    )
                )
            );

    private static string? Correction(LatencyTable table) =>
        table.Correction is not { } correction
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{correction.Scale:F3} x alone - {correction.BoundaryNs:F3} ns x boundary values + {correction.WeightNs:F3} ns x weights "
                    + $"- {correction.PartMs:F4} ms (docs/glossary.md); fitted on {Plural.Of(correction.Networks, "network")}, standard "
                    + $"deviation of the error on others {100 * correction.Deviation:F2} %"
            );

    private static string Sizes(TableStatistics statistics) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{statistics.Entries} ({statistics.Noisy} noisy, {statistics.Drifted} drifted, {statistics.Failed} failed)"
        );

    private static string Range(LatencyRange? range) =>
        range is null
            ? "no entry has one"
            : $"{Milliseconds(range.MinMs)} to {Milliseconds(range.MaxMs)} ms, median {Milliseconds(range.MedianMs)} ms";

    private static string? Samples(LatencyTable table)
    {
        LatencySpread[] spreads = [.. table.Entries.Select(entry => entry.Spread).OfType<LatencySpread>()];
        return spreads.Length == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{spreads.Sum(spread => (long)spread.Samples)} in {Sessions(spreads)} "
                    + $"an operator, {spreads.Sum(spread => (long)spread.Disturbed)} "
                    + $"more set aside as disturbed"
            );
    }

    private static string Sessions(LatencySpread[] spreads)
    {
        (int fewest, int most) = (spreads.Min(spread => spread.Sessions), spreads.Max(spread => spread.Sessions));
        return (fewest == most ? "" : Figures.Count(fewest) + " to ") + Plural.Of(most, "session");
    }

    private static string? Placements(LatencyTable table)
    {
        var nodes = new Placement(
            table
                .Entries.SelectMany(entry => entry.Placement?.Nodes ?? new Dictionary<string, int>())
                .GroupBy(part => part.Key)
                .Select(group => KeyValuePair.Create(group.Key, group.Sum(part => part.Value)))
        );
        return nodes.Nodes.Count > 0 ? nodes.ToString() : null;
    }

    private static string Milliseconds(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    private static Table NewTable(string first) => new Table { Border = TableBorder.Simple }.AddColumn(first);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();
}
