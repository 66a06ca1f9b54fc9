using System.Xml.Linq;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Latency.Pages;

/// <summary>A whole page: HTML with its style inside, readable at 400 pixels, light or dark. It asks no other machine for
/// anything.</summary>
public static class PageDocument
{
    /// <summary>Where a page that keeps itself up to date gets its script.</summary>
    public const string ScriptPath = "/page.js";

    /// <summary>
    /// What a server says of its pages, so that a browser obeys nothing that slipped into one: no script but <see cref="Script"/>, nothing
    /// from elsewhere, no frame around it. Styles are part of the page.
    /// </summary>
    public const string ContentPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; script-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private static readonly string Style = Resource("page.css");

    /// <summary>The script of a page that keeps itself up to date.</summary>
    public static string Script { get; } = Resource("page.js");

    /// <summary>Writes a page.</summary>
    /// <param name="title">In the browser's list of pages.</param>
    /// <param name="isLive">Whether it keeps itself up to date, with <see cref="Script"/> from its server.</param>
    /// <param name="content">Its parts: elements, texts, or lists of them; null is left out.</param>
    public static string Write(string title, bool isLive, params object?[] content) =>
        Markup.Write(
            new XElement(
                "html",
                new XAttribute("lang", "en"),
                new XElement(
                    "head",
                    new XElement("meta", new XAttribute("charset", "utf-8")),
                    new XElement(
                        "meta",
                        new XAttribute("name", "viewport"),
                        new XAttribute("content", "width=device-width, initial-scale=1")
                    ),
                    isLive ? Live() : null,
                    Element("title", null, title),
                    Element("style", null, Style)
                ),
                Element(
                    "body",
                    null,
                    isLive ? Element("p", null, new XAttribute("id", "news"), new XAttribute("role", "status")) : null,
                    Element("main", null, content)
                )
            )
        );

    private static object[] Live() =>
        [
            new XElement("noscript", new XElement("meta", new XAttribute("http-equiv", "refresh"), new XAttribute("content", "15"))),
            // An icon that is none, or the browser asks for one.
            new XElement("link", new XAttribute("rel", "icon"), new XAttribute("href", "data:,")),
            Element("script", null, new XAttribute("src", ScriptPath), new XAttribute("defer", "defer")),
        ];

    private static string Resource(string name)
    {
        using Stream stream = typeof(PageDocument).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
