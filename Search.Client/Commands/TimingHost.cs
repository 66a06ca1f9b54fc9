using FasterSeg.Search.Sweeps;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The other side of <see cref="TimingProcess"/>: a process that times phases.</summary>
internal static class TimingHost
{
    /// <summary>Times them, until that is done, or the plan that has started it is gone.</summary>
    /// <param name="arguments"><see cref="TimingProcess.Argument"/>, and what is behind it.</param>
    /// <param name="output">Takes a line for each phase.</param>
    /// <param name="error">Takes why it failed.</param>
    /// <param name="input">Ends where the plan ends.</param>
    /// <param name="interrupted">The user's own.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        Stream input,
        CancellationToken interrupted
    ) => ChildHost.RunAsync(token => TimingProcess.Serve(arguments[1..], output, token), error, input, interrupted);
}
