using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut import</c>: somebody else's table in this program's format.</summary>
public static class LutImportCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var file = new Argument<string>("FILE")
        {
            Description =
                "The released code's .npy table, of any NumPy (.npz and a pickled "
                + "dictionary too), or JSON from operator names to milliseconds.",
        };
        Option<string> output = CommonOptions.Out("The table's file, JSON.");
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("import", "Reads a table from another program and writes it as a table of this one.")
        {
            file,
            output,
            overwrite,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    new LutImportArguments(parsed.GetRequiredValue(file), parsed.GetRequiredValue(output), parsed.GetValue(overwrite)),
                    console,
                    token
                )
        );
        return command;
    }

    /// <summary>Reads, checks and writes the table.</summary>
    public static Task<int> RunAsync(LutImportArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        OutputFile.Require(options.Out, "--out", options.Overwrite, options.File);
        LatencyTable table = LatencyTableImport.Load(options.File);
        cancellationToken.ThrowIfCancellationRequested();
        LatencyTableJson.Save(table, options.Out);
        LatencyTableReport.WriteSummary(console, table);
        console.WriteLine($"Table written to {options.Out}.");
        return Task.FromResult(ExitCodes.Done);
    }
}
