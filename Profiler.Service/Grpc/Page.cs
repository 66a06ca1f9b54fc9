using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What part of a list is asked for.</summary>
/// <param name="Size">Items in the answer.</param>
/// <param name="Token">The last item of the page before; empty begins with the first.</param>
/// <param name="IsAsked">False for a client that knows of no pages, and gets the first one.</param>
internal sealed record Page(int Size, string Token, bool IsAsked)
{
    /// <summary>Reads it.</summary>
    /// <param name="size">Items that are asked for; 0 of a client that knows of no pages.</param>
    /// <param name="token">What the answer before said.</param>
    /// <param name="most">Most items in an answer.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the size is out of range.</exception>
    public static Page Of(int size, string token, int most) =>
        size < 0 || size > most
            ? throw RequestFaults.Refusal("page_size", $"A page of {size} is out of range: use 1 to {most}, or 0 for the newest.")
            : new(size == 0 ? most : size, token, size > 0);

    /// <summary>The refusal of a token that no answer had.</summary>
    public static RpcException Unknown(string token) =>
        RequestFaults.Refusal(
            "page_token",
            $"'{StatusText.Shortened(token, StatusText.LongestName)}' is no next_page_token of an answer: leave it empty to begin anew."
        );

    /// <summary>What asks for the page behind this one; empty where there is none.</summary>
    /// <param name="count">Items in the answer.</param>
    /// <param name="last">The last one's id.</param>
    public string Next(int count, Func<string> last) => IsAsked && count == Size ? last() : "";
}
