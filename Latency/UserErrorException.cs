namespace FasterSeg.Latency;

/// <summary>
/// A failure that the user can do something about. The message is the whole sentence to print: what, where, what to do.
/// </summary>
public class UserErrorException(string message, Exception? innerException = null) : Exception(message, innerException);
