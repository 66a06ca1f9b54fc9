using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg data check</c>: every image and mask decoded, the classes' pixels counted, all faults told at once.</summary>
public static class DataCheckCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Option<string> data = RunOptions.Data();
        var command = new Command(
            "check",
            "Decodes every image and mask. Prints the pixels of each class, the sizes, and all faults, file by file."
        )
        {
            data,
        };
        command.SetAction((parsed, token) => RunAsync(parsed.GetRequiredValue(data), console, token));
        return command;
    }

    /// <summary>Looks at everything and prints it.</summary>
    /// <exception cref="UserErrorException">Something is wrong; what was printed says what.</exception>
    public static async Task<int> RunAsync(string location, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        SegmentationDataset data = DatasetLocator.Open(location, new DataOptions(), faults.Add);
        int warnings = Tell(location, data, await LookAsync(data, pictures: true, console, cancellationToken), faults, console);
        console.WriteLine(warnings == 0 ? "Nothing is wrong." : "Every file can be read. Look at the warnings above.");
        return ExitCodes.Done;
    }

    /// <summary>
    /// What a search or training does first: counts the labels, unless the run keeps the counts of these very files, and tells what they
    /// say.
    /// </summary>
    /// <param name="location">As the user named it.</param>
    /// <param name="data">The data set.</param>
    /// <param name="faults">What was wrong when it was opened.</param>
    /// <param name="run">May keep the counts of an earlier command; null where there is no run yet.</param>
    /// <param name="console">Where to print.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The check, to be kept with <see cref="Keep"/>; null where samples are drawn, and right by construction.</returns>
    /// <exception cref="UserErrorException">Something is wrong; what was printed says what.</exception>
    internal static async Task<DatasetCheck?> BeginAsync(
        string location,
        SegmentationDataset data,
        IEnumerable<string> faults,
        RunFolder? run,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        if (data.Train.Count > 0 && data.Train.FilesOf(0).Count == 0)
            return null;
        DatasetCheck check = (run is null ? null : DatasetCheckFile.Load(data, run.DataCheck))
            ?? await LookAsync(data, pictures: false, console, cancellation);
        Tell(location, data, check, faults, console);
        return check;
    }

    /// <summary>Keeps a check in a run, and the classes beside it, which an export names.</summary>
    internal static void Keep(DatasetCheck? check, SegmentationDataset data, RunFolder run)
    {
        ClassList.Of(data).Save(run.Classes);
        if (check is not null)
            DatasetCheckFile.Save(check, data, run.DataCheck);
    }

    private static Task<DatasetCheck> LookAsync(
        SegmentationDataset data,
        bool pictures,
        IAnsiConsole console,
        CancellationToken cancellation
    ) =>
        ProgressDisplay.RunAsync(console, progress =>
            Task.Run(() => DatasetCheck.Of(data, pictures, progress, cancellation), CancellationToken.None)
        );

    /// <summary>Prints what was found.</summary>
    /// <returns>How many warnings there were.</returns>
    /// <exception cref="UserErrorException">There are faults.</exception>
    private static int Tell(string location, SegmentationDataset data, DatasetCheck check, IEnumerable<string> known, IAnsiConsole console)
    {
        LabelFindings findings = LabelFindings.Of(data, check);
        string[] faults = [.. known, .. check.Train.Faults, .. check.Validation.Faults, .. check.Test?.Faults ?? [], .. findings.Faults];
        DatasetCheckReport.Write(console, data, check);
        string[] warnings = [.. data.Unpaired, .. findings.Warnings];
        DatasetCheckReport.Write(console, warnings, faults);
        if (faults.Length == 0)
            return warnings.Length;
        throw new UserErrorException(
            faults.Length == 1
                ? $"{location} cannot be used: {faults[0]}"
                : CommandText.Below(
                    FormattableString.Invariant(
                        $"{location} cannot be used: it has {faults.Length} faults, listed above with their files: "
                    ) + "correct them, and check again with:",
                    Suggestion.Of("data", "check", "--data", location)
                )
        );
    }
}
