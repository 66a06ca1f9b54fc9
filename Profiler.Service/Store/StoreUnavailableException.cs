namespace FasterSeg.Profiler.Service.Store;

/// <summary>The store takes or gives nothing at present; the message is a sentence that says why and what to do. It may pass.</summary>
public sealed class StoreUnavailableException(string message, Exception? reason = null) : Exception(message, reason);
