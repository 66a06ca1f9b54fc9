using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The other side of <see cref="FinalistProcess"/>: a process that trains one finalist.</summary>
internal static class FinalistHost
{
    /// <summary>Trains, until that is done, or the search that has started it is gone.</summary>
    /// <param name="arguments">Folder, images and device, behind <see cref="FinalistProcess.Argument"/>.</param>
    /// <param name="output">Takes what the training says.</param>
    /// <param name="error">Takes why it failed.</param>
    /// <param name="input">Ends where the search ends, or wants this to end.</param>
    /// <param name="interrupted">The user's own.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        Stream input,
        CancellationToken interrupted
    ) =>
        ChildHost.RunAsync(
            token => Finalist.Train(arguments[1], arguments[2], arguments[3], new Teller(output), token),
            error,
            input,
            interrupted
        );

    private sealed class Teller(TextWriter output) : IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) => output.WriteLine(line);
    }
}
