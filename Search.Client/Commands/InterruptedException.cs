namespace FasterSeg.Search.Client.Commands;

/// <summary>A command was interrupted, and another one goes on with what it kept.</summary>
/// <param name="command">The command that goes on, to be pasted into a shell.</param>
/// <param name="interruption">What ended the work.</param>
public sealed class InterruptedException(string command, OperationCanceledException interruption)
    : OperationCanceledException(interruption.Message, interruption, interruption.CancellationToken)
{
    /// <summary>The command that goes on.</summary>
    public string Command { get; } = command;

    /// <summary>Runs a command's work; an interruption leaves it with the command that goes on.</summary>
    /// <param name="work">The work.</param>
    /// <param name="goesOn">Tells the command, asked when the work has ended.</param>
    public static async Task<int> Say(Func<Task<int>> work, Func<string> goesOn)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException fault) when (fault is not InterruptedException)
        {
            throw new InterruptedException(goesOn(), fault);
        }
    }
}
