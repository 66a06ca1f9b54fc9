using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A sweep's chains as an array job of Slurm.</summary>
internal static class SlurmSubmission
{
    private const string Sbatch = "sbatch";

    /// <summary>Submits what is not done.</summary>
    public static async Task<int> RunAsync(
        SweepFolder folder,
        string device,
        bool again,
        string[] more,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        // This machine may have no GPU, where a node has one.
        TorchDevice.RequireName(device);
        IReadOnlyList<SweepChain> chains = folder.Sweep.Chains;
        int[] left = [.. Enumerable.Range(0, chains.Count).Where(at => !ChainState.Of(folder, chains[at]).IsDone(folder.Sweep.Stages))];
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
                    FormattableString.Invariant($"sbatch did not take the job (code {process.ExitCode}): ")
                        + $"{(await error).Trim().TrimEnd('.')}. Give this command on a machine that submits to Slurm. The script "
                        + $"is {script}."
                );
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new UserErrorException(
                $"There is no program sbatch here: give this command on a machine that submits to Slurm. The script is {script}.",
                fault
            );
        }
    }
}
