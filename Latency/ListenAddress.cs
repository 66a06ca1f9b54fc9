using System.Net;

namespace FasterSeg.Latency;

/// <summary>An address and port to listen on, as command lines and settings have it.</summary>
public static class ListenAddress
{
    /// <summary>Reads e.g. <c>127.0.0.1:5151</c>, <c>[::1]:5151</c> or <c>localhost:5151</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null where it is none; a bare port or address is none.</returns>
    public static IPEndPoint? Parse(string text)
    {
        string numeric = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)
            ? "127.0.0.1" + text["localhost".Length..]
            : text;
        // Without the colon a bare port would read as an address.
        return numeric.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(numeric, out IPEndPoint? address) ? address : null;
    }
}
