using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Sweeps;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The script of an array job, each of whose tasks runs a chain of a sweep.</summary>
internal static class SlurmScript
{
    /// <summary>Its text.</summary>
    /// <param name="folder">The sweep, by its whole path.</param>
    /// <param name="chains">Numbers of the chains.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="again">Whether what was refused is tried again.</param>
    public static string Write(SweepFolder folder, IReadOnlyList<int> chains, string device, bool again)
    {
        string[] program = DotNetHost.Command(Path.Combine(AppContext.BaseDirectory, "fasterseg.dll"));
        string command = CommandText.Of([.. program, "sweep", "work", folder.Path]);
        string[] options = [.. Suggestion.Option("--device", device, "cpu"), .. Suggestion.Flag(SweepRunCommand.AgainName, again)];
        // A # of sbatch ends at the line's end; it takes a quoted name.
        return string.Join(
            '\n',
            "#!/bin/sh",
            "#SBATCH --job-name=fasterseg-sweep",
            $"#SBATCH --array={string.Join(',', chains.Select(at => at.ToString(CultureInfo.InvariantCulture)))}",
            "# A node that is lost gives its tasks back; a task goes on at its chain's last checkpoint.",
            "#SBATCH --requeue",
            "#SBATCH --open-mode=append",
            $"#SBATCH --output=\"{Quoted(folder.In("logs"))}/slurm-%A_%a.txt\"",
            "# Two minutes before the time is up: the task saves and ends. Submit the sweep again for the rest.",
            "#SBATCH --signal=B:TERM@120",
            $"exec {command} --index \"$SLURM_ARRAY_TASK_ID\" {CommandText.Of(options)}".TrimEnd(),
            ""
        );
    }

    /// <summary>Inside the quotes of a # of sbatch, and with no pattern of its: % begins one.</summary>
    private static string Quoted(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal);
}
