using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints a derived network part by part, with each part's share of the estimated latency.</summary>
public static class NetworkReport
{
    /// <summary>Prints the network.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="plan">The network.</param>
    /// <param name="estimate">Its latency.</param>
    /// <param name="latencies">The table that the estimate is of.</param>
    public static void Write(IAnsiConsole console, NetworkPlan plan, NetworkEstimate estimate, LatencyTable latencies)
    {
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape($"{plan.Architecture}, {plan.Height}x{plan.Width}"));
        foreach (string name in new[] { "part", "scale", "operator", "channels", "branches" })
            table.AddColumn(name);
        table.AddColumn(new TableColumn("ms").RightAligned());
        table.AddColumn(new TableColumn("%").RightAligned());
        foreach (var (row, share) in plan.Rows().Zip(estimate.Shares))
        {
            table.AddRow(
                Markup.Escape(row.Part),
                $"1/{row.Scale}",
                row.Operator,
                row.Channels,
                row.Branches,
                share.Milliseconds is double ms ? Figures.Milliseconds(ms) : "not in the table",
                share.Milliseconds is double part ? Figures.Percent(part / estimate.TotalMs) : ""
            );
        }
        console.Write(table);
        string sure = estimate.HalfWidthMs is { } half ? string.Create(CultureInfo.InvariantCulture, $" +- {half:F3} (95 %)") : "";
        string corrected = "";
        if (latencies.Correction is not null)
        {
            double alone = NetworkEstimate.Of(latencies.With(null), plan).TotalMs;
            corrected = string.Create(
                CultureInfo.InvariantCulture,
                $": {alone:F3} ms alone, corrected by {estimate.TotalMs - alone:+0.000;-0.000} ms"
            );
        }
        console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"estimate {estimate.TotalMs:F3} ms{sure}, the sum of its parts{corrected}")
        );
        if (latencies.Loaded is not null)
            console.WriteLine("The table was measured on a loaded device, so the estimate may be off by more than that.");
        if (latencies.Correction is null && TrustedLatencies.Of(latencies) is null)
            console.WriteLine(
                "How far such sums are from whole networks was not measured with this table"
                    + (sure.Length > 0 ? " (the interval is its operators' own)" : "")
                    + ": 'fasterseg lut validate' does it."
            );
        if (TrustedLatencies.Of(latencies)?.Warning(estimate.TotalMs) is { } outside)
            console.WriteLine(outside);
        console.WriteLine(NetworkCost.Of(plan).ToString());
        string[] leftOut = [.. estimate.LeftOut.Select(part => OperatorKey.NameOf(part.Spec.Kind)).Distinct()];
        if (leftOut.Length > 0)
            console.WriteLine($"Not in the table, so not counted: {string.Join(", ", leftOut)}.");
    }
}
