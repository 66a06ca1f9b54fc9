using System.Diagnostics;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>A stage's command as a process of its own: this program once more. It saves and ends where its standard input does, so that it
/// outlives no sweep for long; under a lease it ends at once where that is over.</summary>
/// <param name="reporter">Is told where a command pauses, for a full disk or a profiler, and where it goes on; null tells nobody.</param>
public sealed class StageProcess(IProgressReporter? reporter = null) : IStageRunner
{
    /// <summary>The argument that makes the program such a process; behind it come the lock file and the command.</summary>
    public const string Argument = "sweep-stage";

    /// <summary>The environment variable by which it, and what it starts, knows the chain's fence.</summary>
    public const string FenceVariable = "FASTERSEG_CHAIN_FENCE";

    private const string Fault = "error: ";
    private const int LongestFault = 2000;

    /// <inheritdoc/>
    public async Task<StageEnd> RunAsync(
        IReadOnlyList<string> command,
        string stageLock,
        string log,
        IChainLease? lease,
        CancellationToken cancellation
    )
    {
        var fault = new StringBuilder();
        using var said = new ChainLog(log);
        said.Add("$ " + CommandText.Of(["fasterseg", .. command]));
        using Process process = OwnProcess.Start(
            [Argument, stageLock, .. command],
            why => $"No process can be started for '{command[0]}' ({why}): free memory.",
            start => start.Environment[FenceVariable] = lease?.Fence.ToString() ?? ""
        );
        // A log is named after its chain. On a full disk it does not take the line.
        string chain = Path.GetFileNameWithoutExtension(log);
        process.OutputDataReceived += (_, line) =>
        {
            said.Add(line.Data);
            if (line.Data is { } told && Patience.Tells(told))
                reporter?.Say($"{chain}: {told}");
        };
        process.ErrorDataReceived += (_, line) =>
        {
            said.Add(line.Data);
            Take(fault, line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using (cancellation.Register(process.StandardInput.Close))
        using ((lease?.Lost ?? CancellationToken.None).Register(() => Kill(process)))
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return new StageEnd(process.ExitCode, fault.ToString().Trim());
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    /// <summary>The sentence, and the command that may stand below it.</summary>
    private static void Take(StringBuilder fault, string? line)
    {
        if (line is null || fault.Length > LongestFault)
            return;
        if (line.StartsWith(Fault, StringComparison.Ordinal))
            fault.Clear().Append(line[Fault.Length..]);
        else if (fault.Length > 0 && CommandText.IsCommand(line))
            fault.Append('\n').Append(line);
    }
}
