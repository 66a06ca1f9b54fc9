namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>A client asks for more at a time than it may; the message is a sentence that says so.</summary>
public sealed class QueueFullException(string message) : Exception(message);
