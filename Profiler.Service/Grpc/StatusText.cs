namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// Bounds the texts of a status. They travel in headers, and a client that gets more of those than it takes (64 KiB in .NET) drops the
/// whole connection with all calls on it, so what a request is quoted with must not be as long as the request likes.
/// </summary>
internal static class StatusText
{
    /// <summary>Most characters of one sentence.</summary>
    public const int Longest = 500;

    /// <summary>Most characters of a name that a request gave.</summary>
    public const int LongestName = 100;

    /// <summary>A text, cut where it is too long.</summary>
    public static string Shortened(string text, int longest = Longest)
    {
        if (text.Length <= longest)
            return text;
        // Not within one character of two halves.
        int end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return text[..end] + "...";
    }
}
