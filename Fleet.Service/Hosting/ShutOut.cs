namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>
/// What a node does that the others took for dead, as they do with one that stood still or was cut off: it ends its part, for the program
/// to begin a new one. Orleans would end the process where it stands, with a page of text.
/// </summary>
internal sealed class ShutOut(IHostApplicationLifetime lifetime, ILogger<ShutOut> logger) : IFatalErrorHandler
{
    private int times;

    /// <summary>Whether that has happened.</summary>
    public bool HasHappened => Volatile.Read(ref times) > 0;

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    /// <inheritdoc/>
    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // On its way out it finds so again.
        if (Interlocked.Increment(ref times) > 1)
            return;
        logger.LogWarning(
            "The other nodes took this one for dead, as they do with one that stands still or is cut off. It ends what it has and "
                + "begins anew"
        );
        logger.LogDebug(exception, "{Context}", context);
        lifetime.StopApplication();
    }
}
