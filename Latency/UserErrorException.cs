namespace FasterSeg.Latency;

/// <summary>
/// A failure that the user can do something about. The message is the whole sentence to print: what, where, what to do.
/// </summary>
public class UserErrorException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What an action fails at, as the sentence to print; null where it does not fail so.</summary>
    public static string? MessageOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (UserErrorException fault)
        {
            return fault.Message;
        }
    }
}
