namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What is held of answers that nobody reads.</summary>
internal static class UnreadAnswers
{
    /// <summary>How long an answer may wait that does not fit into what the connection takes any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
}
