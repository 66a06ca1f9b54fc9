using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The other side of <see cref="StageProcess"/>: a process that runs one command of a sweep.</summary>
internal static class StageHost
{
    /// <summary>Runs the command, until it is done, or the sweep that has started it is gone.</summary>
    /// <param name="arguments">The lock file and the command, behind <see cref="StageProcess.Argument"/>.</param>
    /// <param name="console">Where the command prints.</param>
    /// <param name="error">Takes why it failed.</param>
    /// <param name="input">Ends where the sweep ends, or wants this to end.</param>
    /// <param name="interrupted">The user's own.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        IAnsiConsole console,
        TextWriter error,
        Stream input,
        CancellationToken interrupted
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        ParentEnd.Watch(input, stop);
        ChainLock? held = null;
        // One of a sweep that was killed may still save.
        int code = await ErrorBoundary.RunAsync(
            async () =>
            {
                held = await ChainLock.TakeAsync(
                    arguments[1],
                    () => console.WriteLine("An earlier process of this chain still saves; this one waits for its end."),
                    stop.Token
                );
                return ExitCodes.Done;
            },
            error,
            verbose: false,
            stop.Token
        );
        using (held)
            return code == ExitCodes.Done ? await CommandLine.RunAsync(arguments[2..], console, error, stop.Token) : code;
    }
}
