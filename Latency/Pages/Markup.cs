using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace FasterSeg.Latency.Pages;

/// <summary>Elements of a page. They are XML, so that every text is escaped and every element is closed: what comes from a file, a name or
/// another program may hold anything.</summary>
public static class Markup
{
    /// <summary>An element with a class (null: none) and content: elements, attributes, texts, or lists of them.</summary>
    public static XElement Element(string name, string? style, params object?[] content)
    {
        // With no content XML would write <p/>, which HTML takes for the beginning of a paragraph.
        var element = new XElement(name, content, "");
        if (style is not null)
            element.SetAttributeValue("class", style);
        return element;
    }

    /// <summary>An attribute, written with points in numbers.</summary>
    public static XAttribute Attribute(string name, FormattableString value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A picture whose PNG is part of the page.</summary>
    /// <param name="png">The file's bytes.</param>
    /// <param name="description">Says what it shows to who does not see it.</param>
    /// <param name="width">Columns of the page that it takes where there is room; 0 leaves it to the page.</param>
    public static XElement Picture(byte[] png, string description, int width = 0)
    {
        var picture = new XElement(
            "img",
            new XAttribute("src", "data:image/png;base64," + Convert.ToBase64String(png)),
            new XAttribute("alt", description)
        );
        if (width > 0)
            picture.Add(Attribute("width", $"{width}"));
        return picture;
    }

    /// <summary>A table with a row of headings; it scrolls by itself where it is wider than the page. Columns without any text are left
    /// out.</summary>
    /// <param name="headings">Of the columns.</param>
    /// <param name="rows">A cell for each column: a text or an element.</param>
    /// <param name="numbersFrom">The first column of numbers, which are set right; those behind it are numbers too.</param>
    public static XElement Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<object>> rows, int numbersFrom)
    {
        IReadOnlyList<object>[] all = [.. rows];
        int[] columns = [.. Enumerable.Range(0, headings.Count).Where(i => all.Length == 0 || all.Any(row => row[i] is not ""))];
        return Element(
            "div",
            "wide",
            Element(
                "table",
                null,
                Element("thead", null, Element("tr", null, columns.Select(i => Element("th", Style(i), headings[i])))),
                Element("tbody", null, all.Select(row => Element("tr", null, columns.Select(i => Element("td", Style(i), row[i])))))
            )
        );

        string? Style(int column) => column >= numbersFrom ? "number" : null;
    }

    /// <summary>A table of texts, whose rows become blocks on a narrow screen; each cell then has its heading before it, but for the
    /// first.</summary>
    /// <param name="headings">Of the columns.</param>
    /// <param name="rows">A cell for each column: a text or an element.</param>
    public static XElement Rows(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<object>> rows) =>
        Element(
            "div",
            "wide list",
            Element(
                "table",
                null,
                Element("thead", null, Element("tr", null, headings.Select(heading => Element("th", null, heading)))),
                Element(
                    "tbody",
                    null,
                    rows.Select(row =>
                        Element(
                            "tr",
                            null,
                            row.Select(
                                (cell, i) =>
                                    Element(
                                        "td",
                                        cell is "" ? "empty" : null,
                                        i > 0 ? new XAttribute("data-heading", headings[i]) : null,
                                        cell
                                    )
                            )
                        )
                    )
                )
            )
        );

    /// <summary>A number with a bar below it, as long as its share of the largest.</summary>
    /// <param name="text">The number.</param>
    /// <param name="share">0 to 1.</param>
    public static XElement Bar(string text, double share) =>
        Element("span", "bar", text, Element("i", null, Attribute("style", $"width:{100 * (share > 0 ? Math.Min(share, 1) : 0):0.#}%")));

    /// <summary>A page as text.</summary>
    /// <param name="page">Its <c>html</c> element.</param>
    public static string Write(XElement page)
    {
        var text = new StringBuilder("<!DOCTYPE html>\n");
        // Names from somebody's files may hold what XML does not allow; it is written as a character reference.
        using (
            var writer = XmlWriter.Create(
                text,
                new XmlWriterSettings
                {
                    OmitXmlDeclaration = true,
                    CheckCharacters = false,
                    ConformanceLevel = ConformanceLevel.Fragment,
                }
            )
        )
            page.WriteTo(writer);
        return text.Append('\n').ToString();
    }
}
