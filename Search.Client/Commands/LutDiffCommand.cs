using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut diff</c>: two tables, operator by operator, and what a search would decide otherwise by the other
/// one.</summary>
public static class LutDiffCommand
{
    private const int MostNetworks = 10_000;

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var first = new Argument<string>("FIRST") { Description = "The table to compare with, e.g. the older one." };
        var second = new Argument<string>("SECOND") { Description = "The table to compare." };
        var worst = new Option<int>("--worst")
        {
            HelpName = "N",
            Description = "How many operators to name, those with the largest differences, and how many differing decisions of each kind.",
            DefaultValueFactory = _ => 10,
        };
        var networks = new Option<int>("--networks")
        {
            HelpName = "N",
            Description = "Random students to estimate with both tables, if they are of one space. 0: none.",
            DefaultValueFactory = _ => 500,
        };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Another seed draws other students." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "diff",
            "Compares two tables, of one device at two times or of two devices. Prints ratios by operator, map and width, the "
                + "agreement in order, and the decisions of a search that differ."
        )
        {
            first,
            second,
            worst,
            networks,
            seed,
            json,
        };
        command.SetAction(
            (parsed, _) =>
                Task.FromResult(
                    Run(
                        new LutDiffArguments(
                            parsed.GetRequiredValue(first),
                            parsed.GetRequiredValue(second),
                            parsed.GetValue(worst),
                            parsed.GetValue(networks),
                            parsed.GetValue(seed),
                            parsed.GetValue(json)
                        ),
                        console
                    )
                )
        );
        return command;
    }

    /// <summary>Reads, compares and prints.</summary>
    public static int Run(LutDiffArguments options, IAnsiConsole console)
    {
        if (options.Worst < 0)
            throw new UsageException("--worst counts operators and decisions: use 0 or more.");
        if (options.Networks is < 0 or > MostNetworks)
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--networks {options.Networks}: up to {MostNetworks} networks can be compared, and 0 leaves them out."
                )
            );
        LatencyTable first = LatencyTableImport.Load(options.First),
            second = LatencyTableImport.Load(options.Second);
        var comparison = TableComparison.Of(first, second);
        SearchSpace? space = Equals(first.Space, second.Space) ? first.Space : null;
        var decisions = DecisionComparison.Of(comparison, space);
        EstimatedStudents? students =
            space is not null && options.Networks > 0 ? EstimatedStudents.Draw(first, second, space, options.Networks, options.Seed) : null;
        if (options.Json)
        {
            ConsoleJson.Write(console, TableDocument.Of(first, second, comparison, decisions, students, options.Worst));
            return ExitCodes.Done;
        }
        TableComparisonReport.WriteFacts(console, comparison, first.Identity, second.Identity);
        if (!Equals(first.Correction, second.Correction))
            console.WriteLine(
                first.Correction is not null && second.Correction is not null
                    ? "Both tables are corrected by whole networks, each by others: entries are compared as they were measured, estimates "
                        + "with the corrections."
                    : $"The {(first.Correction is not null ? "first" : "second")} table is corrected by whole networks, the other is not: "
                        + "entries are compared as they were measured, estimates with the correction."
            );
        TableComparisonReport.WriteKinds(console, comparison);
        TableComparisonReport.WriteMap(console, RatioMap.ByMap(comparison), "second / first");
        TableComparisonReport.WriteMap(console, RatioMap.ByInChannels(comparison), "channels in");
        TableComparisonReport.WriteMap(console, RatioMap.ByOutChannels(comparison), "channels out");
        TableComparisonReport.WriteFarthest(console, comparison, options.Worst);
        DecisionReport.Write(console, decisions, options.Worst);
        if (space is null)
            console.WriteLine("The tables do not name one space, so no networks and no layers before or after going down can be compared.");
        else if (students is not null)
            DecisionReport.WriteStudents(console, students);
        return ExitCodes.Done;
    }
}
