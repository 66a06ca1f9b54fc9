using System.CommandLine;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut show</c>: a table's identity, size and spread, and how far it may be trusted where a validation says
/// so.</summary>
public static class LutShowCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var table = new Argument<string>("TABLE") { Description = "The table's JSON file." };
        var slowest = new Option<int>("--slowest")
        {
            HelpName = "N",
            Description = "How many of the slowest entries to name.",
            DefaultValueFactory = _ => 10,
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("show", "Shows a table's identity, size, spread by operator and scale, slowest entries and flags.")
        {
            table,
            slowest,
            json,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new LutShowArguments(parsed.GetRequiredValue(table), parsed.GetValue(slowest), parsed.GetValue(json)),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Reads, checks and prints the table.</summary>
    public static Task<int> RunAsync(LutShowArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LatencyTable table = LatencyTableJson.Load(options.Table);
        string validation = TableValidationFile.Beside(options.Table);
        string? validated = File.Exists(validation) ? ValidationSentence.Of(table, validation) : null;
        if (options.Json)
        {
            ConsoleJson.Write(console, TableDocument.Of(table, options.Slowest, validated));
            return Task.FromResult(ExitCodes.Done);
        }
        LatencyTableReport.Write(console, table, options.Slowest);
        if (validated is not null)
            console.WriteLine(validated);
        return Task.FromResult(ExitCodes.Done);
    }
}
