using System.Globalization;

namespace FasterSeg.Tests;

/// <summary>Open MPI's launcher, on this machine alone.</summary>
internal static class Mpirun
{
    public const string Program = "mpirun";

    /// <summary>Skips the test where it is missing.</summary>
    public static async Task RequireAsync()
    {
        var (code, output, error) = await OutsideProgram.TryAsync(Program, ["--version"], Path.GetTempPath());
        Xunit.Assert.SkipUnless(
            code == 0 && output.Contains("Open MPI", StringComparison.Ordinal),
            $"Open MPI's mpirun is missing ({error}{output}): .ci/run installs openmpi-bin."
        );
    }

    /// <summary>What it is told to start some processes of a program, more than there are cores if need be.</summary>
    /// <param name="ranks">How many.</param>
    /// <param name="command">The program with its arguments.</param>
    public static string[] Arguments(int ranks, IEnumerable<string> command) =>
        [
            "--allow-run-as-root",
            "--oversubscribe",
            "--bind-to",
            "none",
            // A container may not read another process's memory.
            "--mca",
            "btl_vader_single_copy_mechanism",
            "none",
            "-n",
            ranks.ToString(CultureInfo.InvariantCulture),
            .. command,
        ];
}
