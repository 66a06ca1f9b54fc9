using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep compare</c>: <c>compare</c> of all runs that a sweep has so far.</summary>
public static class SweepCompareCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "Also write the comparison: .json or .csv for other programs, .html with tables and plots, .png the plot alone.",
        };
        Option<bool> overwrite = CommonOptions.Overwrite(),
            json = CommonOptions.Json();
        var command = new Command("compare", "Compares the runs of a sweep: means over seeds, Pareto front, what differs.")
        {
            sweep,
            output,
            overwrite,
            json,
        };
        command.SetAction(
            (parsed, token) =>
            {
                var folder = SweepFolder.Open(parsed.GetRequiredValue(sweep));
                bool isJson = parsed.GetValue(json);
                string? file = parsed.GetValue(output);
                if (file is not null)
                    OutputFile.RequireNoInput([file], "--out", folder.Files);
                string[] runs = Runs(folder);
                int missing = folder.Sweep.Chains.Count - runs.Length;
                if (missing > 0)
                    (isJson ? ConsoleJson.Aside() : console).WriteLine(
                        FormattableString.Invariant($"{missing} of {folder.Sweep.Chains.Count} chains have no run yet{Failed(folder)}.")
                    );
                return Task.FromResult(
                    CompareCommand.Run(new CompareArguments(runs, file, parsed.GetValue(overwrite), isJson), console, token)
                );
            }
        );
        return command;
    }

    /// <summary>What goes on with a run that is a sweep's; null where it is none's.</summary>
    internal static string? GoesOn(string run) =>
        SweepFolder.Around(run) is { } sweep ? CommandText.Of("fasterseg", "sweep", "run", sweep) : null;

    /// <summary>How many have failed, as the end of a sentence; nothing where none has.</summary>
    private static string Failed(SweepFolder folder) =>
        SweepStatus.Of(folder).Chains.Count(chain => chain.Work is ChainWork.Failed or ChainWork.Refused) is > 0 and int failed
            ? FormattableString.Invariant($"; {Plural.Of(failed, "chain")} {Plural.Word(failed, "has", "have")} failed")
            : "";

    /// <summary>The runs that there are.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    internal static string[] Runs(SweepFolder folder)
    {
        string[] runs = [.. folder.Sweep.Chains.Select(folder.RunOf).Where(RunFolder.Exists)];
        if (runs.Length > 0)
            return runs;
        string failed = Failed(folder);
        (string what, string verb) = failed.Length == 0 ? ("Run it:", "run") : ("What they said:", "status");
        throw new UserErrorException(
            CommandText.Below(
                $"No chain of {folder.Path} has a run, so there is nothing to compare{failed}. {what}",
                Suggestion.Of("sweep", verb, folder.Path)
            )
        );
    }
}
