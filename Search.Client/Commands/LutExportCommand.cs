using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut export</c>: a table for other programs.</summary>
public static class LutExportCommand
{
    private const string Own = "fasterseg";
    private const string Canonical = "canonical";
    private const string Authors = "authors";

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var table = new Argument<string>("TABLE") { Description = "The table's JSON file." };
        var format = new Option<string>("--format")
        {
            Required = true,
            Description =
                "fasterseg: the whole table. canonical, authors: milliseconds by name, in this program's or the released code's "
                + "naming.",
        };
        format.AcceptOnlyFromAmong(Own, Canonical, Authors);
        Option<string> output = CommonOptions.Out("The file to write, JSON.");
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("export", "Writes a table for other programs.") { table, format, output, overwrite };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new LutExportArguments(
                        parsed.GetRequiredValue(table),
                        parsed.GetRequiredValue(format),
                        parsed.GetRequiredValue(output),
                        parsed.GetValue(overwrite)
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Reads, checks and writes the table; says what the format could not take.</summary>
    public static Task<int> RunAsync(LutExportArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        OutputFile.Require(options.Out, "--out", options.Overwrite, options.Table);
        LatencyTable table = LatencyTableJson.Load(options.Table);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Format == Own)
        {
            LatencyTableJson.Save(table, options.Out);
            console.WriteLine($"{Plural.Of(table.Entries.Count, "entry", "entries")} written to {options.Out}.");
            return Task.FromResult(ExitCodes.Done);
        }
        FlatTable flat = LatencyTableExport.Flat(table, options.Format == Authors ? KeyNaming.Authors : KeyNaming.Canonical);
        AtomicFile.WriteAllBytes(options.Out, flat.Json);
        console.WriteLine($"{Plural.Of(flat.Written, "entry", "entries")} written to {options.Out}.");
        SayLeftOut(console, flat.WithoutName, "the released code has no name for");
        SayLeftOut(console, flat.Failed, "failed and so have no number");
        if (table.Correction is not null)
            console.WriteLine(
                "Left out, as the format has no place for it: the correction by whole networks. Sums are those of operators alone."
            );
        return Task.FromResult(ExitCodes.Done);
    }

    private static void SayLeftOut(IAnsiConsole console, IReadOnlyList<OperatorSpec> specs, string why)
    {
        if (specs.Count > 0)
            console.WriteLine($"Left out, {why}: {Plural.Of(specs.Count, "entry", "entries")}, the first is {specs[0]}.");
    }
}
