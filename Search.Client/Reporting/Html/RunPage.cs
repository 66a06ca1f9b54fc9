using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using static FasterSeg.Search.Client.Reporting.Html.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A run on one page: HTML with its style, curves and pictures inside. It asks the network for nothing.</summary>
public static class RunPage
{
    private static readonly string Style = Resource("page.css");

    /// <summary>The page.</summary>
    /// <param name="contents">The run.</param>
    /// <param name="now">When the page is made.</param>
    public static string Write(RunContents contents, DateTimeOffset now)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(contents.Run.Path)));
        return Markup.Write(
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
                    Element("title", null, $"FasterSeg: {name}"),
                    Element("style", null, Style)
                ),
                Element(
                    "body",
                    null,
                    Element(
                        "header",
                        null,
                        Element("h1", null, name),
                        Element(
                            "p",
                            null,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"A FasterSeg run, as its folder was on {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
                            )
                        )
                    ),
                    SummarySection.Figures(contents),
                    Outside(contents),
                    Missing(contents),
                    NetworksSection.Of(contents),
                    MeasurementSection.Of(contents),
                    AnswersSections.Evaluations(contents),
                    AnswersSections.Examples(contents),
                    CurvesSection.Of(contents),
                    SummarySection.Configuration(contents)
                )
            )
        );
    }

    /// <summary>Writes the page to a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(RunContents contents, string path, DateTimeOffset now) => AtomicFile.WriteAllText(path, Write(contents, now));

    /// <summary>A student that is not what was asked for must not look as if it were.</summary>
    private static XElement? Outside(RunContents contents)
    {
        NetworkContents? student = contents.Networks.FirstOrDefault(network => network.Plan.Architecture.Role == Role.Student);
        return student?.Estimate is { } estimate && contents.Band is { } band && StudentBand.Miss(estimate.TotalMs, band) is { } miss
            ? Element("p", "note", miss)
            : null;
    }

    private static XElement? Missing(RunContents contents)
    {
        string[] missing =
        [
            .. contents.Networks.Count == 0 ? ["No network is derived yet: 'fasterseg search' does it at its end."] : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Measured.Count == 0
                ? ["No network was measured whole: --measure or --profiler does it."]
                : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Evaluations.Count == 0
                ? ["No network was evaluated: 'fasterseg train', then 'fasterseg eval' does it."]
                : Array.Empty<string>(),
        ];
        return missing.Length == 0 ? null : Element("p", "note", string.Join(" ", missing));
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(RunPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
