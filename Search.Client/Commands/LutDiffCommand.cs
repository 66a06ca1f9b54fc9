using System.CommandLine;
using System.Globalization;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut diff</c>: two tables, operator by operator.</summary>
public static class LutDiffCommand
{
    /// <summary>What the command line says.</summary>
    /// <param name="First">The table to compare with.</param>
    /// <param name="Second">The table to compare.</param>
    /// <param name="Worst">How many of the farthest operators to name.</param>
    public sealed record Options(string First, string Second, int Worst);

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var first = new Argument<string>("FIRST") { Description = "The table to compare with." };
        var second = new Argument<string>("SECOND") { Description = "The table to compare." };
        var worst = new Option<int>("--worst") { HelpName = "N", Description = "How many of the farthest operators to name.", DefaultValueFactory = _ => 10 };
        var command = new Command("diff", "Compares two tables operator by operator: one device at two times, or two devices.") { first, second, worst };
        command.SetAction((parsed, _) => Task.FromResult(Run(new Options(parsed.GetRequiredValue(first), parsed.GetRequiredValue(second), parsed.GetValue(worst)), console)));
        return command;
    }

    /// <summary>Reads, compares and prints.</summary>
    public static int Run(Options options, IAnsiConsole console)
    {
        TableComparison comparison = TableComparison.Of(LatencyTableImport.Load(options.First), LatencyTableImport.Load(options.Second));
        FactList.Write(console,
            ("operators in both", Text($"{comparison.Entries.Count}")),
            ("in one only", Text($"{comparison.OnlyInOne}")),
            ("identities", comparison.IdentityDifference ?? "agree"),
            ("difference", Text($"median {100 * comparison.Deviation(0.5):F2} %, 90 % below {100 * comparison.Deviation(0.9):F2} %, 95 % below {100 * comparison.Deviation(0.95):F2} %")),
            ("within", Text($"1 %: {100 * comparison.Within(0.01):F1} %, 3 %: {100 * comparison.Within(0.03):F1} %, 5 %: {100 * comparison.Within(0.05):F1} %")),
            ("intervals meet", Share(comparison.Entries.Select(entry => entry.IntervalsMeet))),
            ("differences within their intervals", Share(comparison.Entries.Select(entry => entry.IsWithinIntervals))));
        Write(console, "operator", "median ratio", comparison.Entries.GroupBy(entry => entry.Spec.Kind).OrderBy(group => group.Key)
            .Select(group => (OperatorKey.NameOf(group.Key), TableComparison.MedianRatio([.. group]))));
        Write(console, "farthest", "ratio", comparison.Entries.OrderByDescending(entry => Math.Abs(Math.Log(entry.Ratio))).Take(options.Worst)
            .Select(entry => (entry.Spec.ToString(), entry.Ratio)));
        return ExitCodes.Done;
    }

    private static void Write(IAnsiConsole console, string title, string value, IEnumerable<(string Name, double Ratio)> rows)
    {
        Table view = new Table { Border = TableBorder.Simple }.AddColumn(title).AddColumn(new TableColumn(value).RightAligned());
        foreach ((string name, double ratio) in rows) view.AddRow(new Text(name), new Text(Text($"{ratio:F4}")));
        if (view.Rows.Count > 0) console.Write(view);
    }

    /// <summary>How many of those that are known are true; null where none is known.</summary>
    private static string? Share(IEnumerable<bool?> facts)
    {
        bool[] known = [.. facts.OfType<bool>()];
        return known.Length == 0 ? null : Text($"{100.0 * known.Count(each => each) / known.Length:F1} %");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
