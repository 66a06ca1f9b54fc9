using System.Security.Cryptography;
using FasterSeg.Latency.Pages;
using Microsoft.Net.Http.Headers;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>What every server of pages answers with, the profiler's and that of <c>fasterseg watch</c>.</summary>
public static class PageAnswers
{
    /// <summary>By which names a page on loopback answers: by another one a page of somebody else's could read it, which lets that name
    /// point here.</summary>
    public static IReadOnlyList<string> LoopbackHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Has a browser obey nothing that slipped into a page, show it to no other page, and ask again before it shows it
    /// again.</summary>
    /// <param name="response">The answer, of which nothing is sent yet.</param>
    public static void Guard(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = PageDocument.ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
    }

    /// <summary>With a tag of its content: a browser that has it already gets no more than that.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="type">Its media type.</param>
    public static IResult Tagged(byte[] bytes, string type) =>
        Results.Bytes(bytes, type, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\""));
}
