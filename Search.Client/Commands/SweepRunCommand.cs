using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep run</c>: runs on this machine what is not finished of a sweep.</summary>
public static class SweepRunCommand
{
    private const int MostWorkers = 1000;

    /// <summary>The option that tries again what was refused.</summary>
    internal const string AgainName = "--again";

    /// <summary>The option that names GPUs.</summary>
    internal const string GpusName = "--gpus";

    /// <summary>What the command line says.</summary>
    private sealed record Arguments(string Sweep, string? Config, int? Workers, string? Gpus, bool Again);

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        Option<string> config = SweepPlanCommand.Config(required: false);
        config.Description += " Plans the sweep first, into a new folder SWEEP.";
        Option<int?> workers = Workers();
        Option<string?> gpus = Gpus();
        Option<bool> again = Again();
        var command = new Command("run", "Runs on this machine what is not finished of a sweep, and goes on where it was interrupted.")
        {
            sweep,
            config,
            workers,
            gpus,
            again,
        };
        command.SetAction(
            (parsed, token) =>
            {
                var arguments = new Arguments(
                    parsed.GetRequiredValue(sweep),
                    parsed.GetValue(config),
                    parsed.GetValue(workers),
                    parsed.GetValue(gpus),
                    parsed.GetValue(again)
                );
                return InterruptedException.Say(() => RunAsync(arguments, console, token), () => GoesOn(arguments));
            }
        );
        return command;
    }

    /// <summary><c>--workers N</c></summary>
    internal static Option<int?> Workers() =>
        new("--workers") { HelpName = "N", Description = "Chains at a time, on the CPU. Default: 1." };

    /// <summary><c>--gpus LIST</c></summary>
    internal static Option<string?> Gpus() =>
        new(GpusName) { HelpName = "LIST", Description = "A chain at a time on each of these GPUs, e.g. 0,1." };

    /// <summary><c>--again</c></summary>
    internal static Option<bool> Again() =>
        new(AgainName) { Description = "Also try again what ended with code 2 (wrong configuration, damaged file), after you mended it." };

    /// <summary>Names of torch's devices, of <c>--workers</c> or <c>--gpus</c>.</summary>
    /// <exception cref="UsageException">Both are named, or one is wrong.</exception>
    internal static IReadOnlyList<string> Devices(int? workers, string? gpus)
    {
        if (gpus is null)
            return workers is null or >= 1 and <= MostWorkers
                ? [.. Enumerable.Repeat("cpu", workers ?? 1)]
                : throw new UsageException(FormattableString.Invariant($"--workers is {workers}: name a number from 1 to {MostWorkers}."));
        if (workers is not null)
            throw new UsageException("--workers and --gpus are both there: with --gpus each GPU has one chain at a time.");
        string[] numbers = gpus.Split(',', StringSplitOptions.TrimEntries);
        if (!numbers.All(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            throw new UsageException($"--gpus is '{gpus}': name GPUs by their numbers, with commas between them, e.g. 0,1.");
        return [.. numbers.Select(number => "cuda:" + number)];
    }

    private static async Task<int> RunAsync(Arguments arguments, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<string> devices = Devices(arguments.Workers, arguments.Gpus);
        TorchDevice.Require(devices, GpusName);
        // It begins at once, and its progress tells how long it takes: no steps are timed before.
        SweepFolder folder = arguments.Config is { } config
            ? (await SweepPlanCommand.RunAsync(config, arguments.Sweep, earlier: null, device: null, console, cancellation))!
            : SweepFolder.Open(arguments.Sweep);
        // No chain fails for what is missing on this machine.
        folder.RequireImages();
        IReadOnlyList<string> failures = await ProgressDisplay.RunAsync(console, reporter =>
            new SweepRun(folder, devices, new StageProcess(reporter), reporter, arguments.Again).RunAsync(cancellation)
        );
        int all = folder.Sweep.Chains.Count;
        if (failures.Count > 0)
            throw new UserErrorException(
                CommandText.Below(
                    FormattableString.Invariant($"{failures.Count} of {all} chains failed; what they said is above and in ")
                        + $"{folder.In("logs")}. Mend the cause, and go on with what is left:",
                    Suggestion.Of(["sweep", "run", folder.Path, .. Of(arguments), .. Suggestion.Flag(AgainName, IsAnyRefused(folder))])
                )
            );
        ConsoleText.Write(
            console,
            CommandText.Below($"{SweepReport.AllDone(all)}. Compare their networks:", Suggestion.Of("sweep", "compare", folder.Path))
        );
        return ExitCodes.Done;
    }

    private static string GoesOn(Arguments arguments) =>
        Suggestion.Of([
            "sweep",
            "run",
            arguments.Sweep,
            .. SweepFolder.Exists(arguments.Sweep) ? [] : Suggestion.Option("--config", arguments.Config),
            .. Of(arguments),
            .. Suggestion.Flag(AgainName, arguments.Again),
        ]);

    /// <summary>Whether a stage ended with code 2, which is not tried again unasked.</summary>
    private static bool IsAnyRefused(SweepFolder folder) => SweepStatus.Of(folder).Chains.Any(chain => chain.Work == ChainWork.Refused);

    private static IEnumerable<string> Of(Arguments arguments) =>
        [
            .. Suggestion.Option("--workers", arguments.Workers?.ToString(CultureInfo.InvariantCulture)),
            .. Suggestion.Option("--gpus", arguments.Gpus),
        ];
}
