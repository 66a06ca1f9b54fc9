using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Search.Native;
using FasterSeg.Search.Native.Kernels;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// The training of a finalist in a process of its own: torch's random generator and its number of threads belong to a process. It ends,
/// with a checkpoint, where its standard input does, so that it outlives no search.
/// </summary>
public static class FinalistProcess
{
    /// <summary>The argument that makes the program such a training; behind it come folder, images and device.</summary>
    public const string Argument = "train-finalist";

    // As fasterseg's commands end: failed, wrong usage. Another try would end the same way.
    private static readonly int[] Faults = [1, 2];
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Trains to the end.</summary>
    /// <param name="folder">Made by <see cref="Finalist"/>.</param>
    /// <param name="location">The search's images.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="reporter">Tells the user what the training says.</param>
    /// <param name="cancellation">Has the process save and end, and waits for that.</param>
    /// <returns>0 where it has come to its end, or the exit code of a process that was ended from outside.</returns>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    /// <exception cref="UserErrorException">The training failed, or cannot be started.</exception>
    public static int Run(RunFolder folder, string location, string device, IProgressReporter reporter, CancellationToken cancellation)
    {
        string fault = "";
        using Process process = Start(folder, location, device);
        process.OutputDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
                reporter.Say($"{Path.GetFileName(folder.Path)} on {device}: {line.Data}");
        };
        process.ErrorDataReceived += (_, line) =>
        {
            // As fasterseg's commands tell one.
            if (line.Data?.StartsWith("error: ", StringComparison.Ordinal) == true)
                fault = line.Data["error: ".Length..];
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (bool told = false; !process.WaitForExit(Glance); )
        {
            if (told || !cancellation.IsCancellationRequested)
                continue;
            told = true;
            process.StandardInput.Close();
        }
        // Until what it said has been read, too.
        process.WaitForExit();
        if (process.ExitCode == 0)
            return 0;
        if (fault.Length > 0 && Faults.Contains(process.ExitCode))
            throw new UserErrorException($"{folder.Path}, trained on {device}: {fault}");
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    private static Process Start(RunFolder folder, string location, string device) =>
        OwnProcess.Start(
            [Argument, folder.Path, location, device],
            why =>
                $"No process can be started to train on {device} ({why}): set halving:devices to "
                + $"{Configuration.DeviceList.Own}, which needs none.",
            start =>
            {
                // They are checked, here.
                if (TorchLoader.Kernels is { } kernels)
                    start.Environment[TorchKernels.Variable] = kernels.Name;
            }
        );
}
