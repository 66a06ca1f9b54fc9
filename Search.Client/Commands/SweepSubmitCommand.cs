using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep submit</c>: has others work on a sweep's chains, a cluster's Slurm or a fleet's agents.</summary>
public static class SweepSubmitCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        var slurm = new Option<bool>("--slurm") { Description = "To Slurm: an array job, by sbatch." };
        Option<string?> fleet = Fleet();
        Option<string> device = RunOptions.Device();
        device.Description += " With --slurm alone; agents say themselves where they compute.";
        Option<bool> again = SweepRunCommand.Again();
        var more = new Argument<string[]>("ARGS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Behind --: options for sbatch, e.g. -- --partition=gpu --gres=gpu:1 --time=12:00:00.",
        };
        var command = new Command("submit", "Has a cluster, or a fleet's agents, run what is not finished of a sweep.")
        {
            sweep,
            slurm,
            fleet,
            device,
            again,
            more,
        };
        command.SetAction(
            (parsed, token) =>
            {
                string path = parsed.GetRequiredValue(sweep),
                    on = parsed.GetRequiredValue(device);
                string[] options = parsed.GetValue(more) ?? [];
                bool all = parsed.GetValue(again);
                return (parsed.GetValue(slurm), parsed.GetValue(fleet)) switch
                {
                    (true, null) => SlurmSubmission.RunAsync(Open(path), on, all, options, console, token),
                    (false, { } url) when options.Length > 0 || on != RunOptions.DefaultDevice => throw new UsageException(
                        "--device and what stands behind -- are for --slurm: a fleet's agents say themselves where they compute."
                    ),
                    (false, { } url) => FleetSubmission.RunAsync(Open(path), url, all, console, token),
                    (true, { }) => throw new UsageException("--slurm and --fleet are both there: say which of them shall run it."),
                    _ => throw new UsageException("Say who shall run it: --slurm, or --fleet URL."),
                };
            }
        );
        return command;
    }

    /// <summary><c>--fleet URL</c></summary>
    internal static Option<string?> Fleet() =>
        new("--fleet")
        {
            HelpName = "URL",
            Description =
                "The fleet's address, e.g. https://lab:5250; several with commas in between (key and certificates: docs/fleet.md).",
        };

    // Who works on it begins in whatever folder.
    private static SweepFolder Open(string path) => SweepFolder.Open(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
}
