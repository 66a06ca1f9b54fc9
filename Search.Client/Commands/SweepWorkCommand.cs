using System.CommandLine;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep work</c>: one chain of a sweep, for who starts many commands, such as Slurm.</summary>
public static class SweepWorkCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        var index = new Option<int>("--index")
        {
            HelpName = "K",
            Required = true,
            Description = "Which chain, from 0, as 'sweep plan' numbers them.",
        };
        Option<string> device = RunOptions.Device();
        Option<bool> again = SweepRunCommand.Again();
        var command = new Command("work", "Runs what is not finished of one chain of a sweep.") { sweep, index, device, again };
        command.SetAction(
            (parsed, token) =>
            {
                string path = parsed.GetRequiredValue(sweep),
                    on = parsed.GetRequiredValue(device);
                int at = parsed.GetValue(index);
                return InterruptedException.Say(
                    () => RunAsync(path, at, on, parsed.GetValue(again), console, token),
                    () =>
                        Suggestion.Of([
                            "sweep",
                            "work",
                            path,
                            "--index",
                            at.ToString(CultureInfo.InvariantCulture),
                            .. Suggestion.Option("--device", on, "cpu"),
                            .. Suggestion.Flag(SweepRunCommand.AgainName, parsed.GetValue(again)),
                        ])
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string path,
        int index,
        string device,
        bool again,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        var folder = SweepFolder.Open(path);
        IReadOnlyList<SweepChain> chains = folder.Sweep.Chains;
        if (index < 0 || index >= chains.Count)
            throw new UsageException(
                FormattableString.Invariant($"--index is {index}, and the sweep has {chains.Count} chains: name one from 0 to ")
                    + FormattableString.Invariant($"{chains.Count - 1}.")
            );
        SweepChain chain = chains[index];
        // No chain fails for what is missing on this machine.
        TorchDevice.Require([device]);
        folder.RequireImages();
        string? failure = await ProgressDisplay.RunAsync(console, async reporter =>
        {
            string file = folder.LockOf(chain);
            // A task that is queued anew must not fail where its node's last one is just being ended.
            using ChainLock held = await new Patience(reporter).RunAsync(
                chain.Name,
                () =>
                    ChainLock.TakeAsync(
                        file,
                        () =>
                            reporter.Say(
                                $"{chain.Name} is worked on by {LockOwner.Of(file) ?? "another program"}; this waits for its end."
                            ),
                        cancellation
                    ),
                cancellation
            );
            return await new ChainRun(folder, chain, device, new StageProcess(reporter), reporter).RunAsync(again, cancellation);
        });
        if (failure is not null)
            throw ChainState.Load(folder.StateOf(chain)).IsRefused ? new UsageException(failure) : new UserErrorException(failure);
        console.WriteLine($"{chain.Name} is done.");
        return ExitCodes.Done;
    }
}
