namespace FasterSeg.Latency;

/// <summary>Wrong usage or configuration: the command line or a configuration file asks for something that cannot be (exit code
/// 2).</summary>
public class UsageException(string message, Exception? innerException = null) : UserErrorException(message, innerException);
