using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>A file of a run is not as commands write it. The message names the file, says what is wrong and what to do (exit code
/// 2).</summary>
public sealed class DamagedRunException(string message, Exception? innerException = null) : UsageException(message, innerException);
