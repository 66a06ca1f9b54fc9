using System.CommandLine;
using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep submit</c>: a sweep's chains as an array job of Slurm.</summary>
public static class SweepSubmitCommand
{
    private const string Sbatch = "sbatch";

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        var slurm = new Option<bool>("--slurm") { Required = true, Description = "An array job of Slurm, by sbatch." };
        Option<string> device = RunOptions.Device();
        Option<bool> again = SweepRunCommand.Again();
        var more = new Argument<string[]>("ARGS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Behind --: options for sbatch, e.g. -- --partition=gpu --gres=gpu:1 --time=12:00:00.",
        };
        var command = new Command("submit", "Has a cluster run what is not finished of a sweep: a task for each chain.")
        {
            sweep,
            slurm,
            device,
            again,
            more,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    parsed.GetRequiredValue(sweep),
                    parsed.GetRequiredValue(device),
                    parsed.GetValue(again),
                    parsed.GetValue(more) ?? [],
                    console,
                    token
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string path,
        string device,
        bool again,
        string[] more,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        // Its tasks begin in whatever folder.
        var folder = SweepFolder.Open(Path.GetFullPath(path));
        IReadOnlyList<SweepChain> chains = folder.Sweep.Chains;
        int[] left =
        [
            .. Enumerable.Range(0, chains.Count).Where(at => !ChainState.Load(folder.StateOf(chains[at])).IsDone(folder.Sweep.Stages)),
        ];
        if (left.Length == 0)
        {
            console.WriteLine("All chains are done: there is nothing to submit.");
            return ExitCodes.Done;
        }
        Directory.CreateDirectory(folder.In("logs"));
        string script = folder.In("slurm.sh");
        AtomicFile.WriteAllText(script, SlurmScript.Write(folder, left, device, again));
        string said = await SubmitAsync(script, more, cancellation);
        console.WriteLine(
            FormattableString.Invariant($"{said} {left.Length} of {chains.Count} chains, a task for each; the script is ") + $"{script}."
        );
        ConsoleText.Write(console, CommandText.Below("How far they are:", Suggestion.Of("sweep", "status", folder.Path)));
        return ExitCodes.Done;
    }

    private static async Task<string> SubmitAsync(string script, string[] more, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Sbatch, [.. more, script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation),
                error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? (await output).Trim().TrimEnd('.') + ":"
                : throw new UserErrorException(
                    FormattableString.Invariant($"sbatch refused the job (code {process.ExitCode}): ")
                        + $"{(await error).Trim().TrimEnd('.')}. The script is {script}."
                );
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new UserErrorException(
                $"sbatch cannot be started ({fault.Message}): give this command on a machine that submits to Slurm. The script is "
                    + $"{script}.",
                fault
            );
        }
    }
}
