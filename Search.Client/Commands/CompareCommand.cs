using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg compare</c>: several runs side by side, and which one to keep.</summary>
public static class CompareCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "The runs' folders, which 'search', 'random' or 'derive' made.",
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "Also write the comparison: .json or .csv for other programs, .html with tables and plots, .png the plot alone.",
        };
        Option<bool> overwrite = CommonOptions.Overwrite();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("compare", "Compares runs by latency and mIoU, over several seeds too, and recommends one.")
        {
            runs,
            output,
            overwrite,
            json,
        };
        command.SetAction(
            (parsed, token) =>
                Task.FromResult(
                    Run(
                        new CompareArguments(
                            parsed.GetRequiredValue(runs),
                            parsed.GetValue(output),
                            parsed.GetValue(overwrite),
                            parsed.GetValue(json)
                        ),
                        console,
                        token
                    )
                )
        );
        return command;
    }

    /// <summary>Reads the runs, prints them, and writes the file where one is asked for.</summary>
    public static int Run(CompareArguments options, IAnsiConsole console, CancellationToken cancellationToken)
    {
        if (options.Out is not null)
        {
            ComparisonFile.CheckName(options.Out);
            OutputFile.Require(options.Out, "--out", options.Overwrite, options.Runs.SelectMany(RunFolder.FilesOf));
        }
        var comparison = RunComparison.Read(options.Runs, SweepCompareCommand.GoesOn);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Out is not null)
        {
            ComparisonFile.Save(comparison, options.Out);
            (options.Json ? ConsoleJson.Aside() : console).WriteLine($"Comparison written to {options.Out}.");
        }
        if (options.Json)
        {
            ConsoleJson.Write(console, ComparisonFile.Document(comparison));
            return ExitCodes.Done;
        }
        ComparisonReport.Write(console, comparison);
        return ExitCodes.Done;
    }
}
