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
        var command = new Command("show", "Shows a table's identity, size, spread by operator and scale, slowest entries and flags.")
        {
            table,
            slowest,
        };
        command.SetAction(
            (parsed, token) => RunAsync(new LutShowArguments(parsed.GetRequiredValue(table), parsed.GetValue(slowest)), console, token)
        );
        return command;
    }

    /// <summary>Reads, checks and prints the table.</summary>
    public static Task<int> RunAsync(LutShowArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LatencyTable table = LatencyTableJson.Load(options.Table);
        LatencyTableReport.Write(console, table, options.Slowest);
        string validation = TableValidationFile.Beside(options.Table);
        if (File.Exists(validation))
            console.WriteLine(ValidationSentence.Of(table, validation));
        return Task.FromResult(ExitCodes.Done);
    }
}
