namespace FasterSeg.Search.Client.Commands;

/// <summary>A process of this program that another one has started for a piece of work, and that ends with it.</summary>
internal static class ChildHost
{
    /// <summary>Works, until that is done, or the program that has started it is gone.</summary>
    /// <param name="work">What it does; on a thread of its own, until it is canceled.</param>
    /// <param name="error">Takes why it failed.</param>
    /// <param name="input">Ends where the other program ends, or wants this to end.</param>
    /// <param name="interrupted">The user's own.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Action<CancellationToken> work, TextWriter error, Stream input, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        ParentEnd.Watch(input, stop);
        return await ErrorBoundary.RunAsync(
            () =>
                Task.Run(
                    () =>
                    {
                        work(stop.Token);
                        return ExitCodes.Done;
                    },
                    CancellationToken.None
                ),
            error,
            verbose: false,
            stop.Token
        );
    }
}
