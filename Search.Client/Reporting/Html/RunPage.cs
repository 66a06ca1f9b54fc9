using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency;
using static FasterSeg.Search.Client.Reporting.Html.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A run on one page: HTML with its style, curves and pictures inside. It asks the network for nothing.</summary>
public static class RunPage
{
    // No <, > or & in here: the page is written as XML.
    private const string Style = """
        :root { color-scheme: light dark; --paper: #fff; --card: #f5f6f8; --ink: #22262b; --grey: #5f666e; --line: #d9dde2; --accent: #2f6fb0; --band: #2e9e6b;
          --c0: #2f6fb0; --c1: #d9741a; --c2: #7b3fa0; --c3: #0e8a72; --c4: #b5374a; --c5: #6b727a; }
        @media (prefers-color-scheme: dark) { :root { --paper: #15181c; --card: #1f242a; --ink: #e7eaee; --grey: #a2abb5; --line: #363d46; --accent: #6cabea; --band: #4cc38f;
          --c0: #6cabea; --c1: #f5a04e; --c2: #c08be0; --c3: #43c5aa; --c4: #f07f8e; --c5: #a2abb5; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 24px 20px 60px; max-width: 1320px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 20px; margin: 44px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); } h3 { font-size: 16px; margin: 24px 0 8px; }
        .note, header p, figcaption, dt, summary { color: var(--grey); } .note { font-size: 13px; margin: 6px 0; } header p { margin: 2px 0 18px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); gap: 10px; }
        .figure { background: var(--card); border-radius: 8px; padding: 12px 14px; } .figure b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; } .figure span { color: var(--grey); font-size: 13px; }
        dl { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 4px 18px; margin: 0 0 12px; } dd { margin: 0; overflow-wrap: anywhere; }
        pre { background: var(--card); border-radius: 8px; padding: 12px; overflow-x: auto; font-size: 12.5px; }
        summary { cursor: pointer; margin: 8px 0; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr)); gap: 14px; }
        .chart { margin: 0; background: var(--card); border-radius: 8px; padding: 10px 12px 4px; } .chart figcaption { font-size: 13px; line-height: 1.4; } .chart figcaption b { display: block; color: var(--ink); font-weight: 600; }
        .chart svg { display: block; width: 100%; height: auto; } .chart text { fill: var(--grey); font: 11px system-ui, sans-serif; }
        .key { margin-right: 14px; white-space: nowrap; font-variant-numeric: tabular-nums; } .key::before { content: ""; display: inline-block; width: 12px; height: 3px; border-radius: 2px; background: var(--c); margin: 0 5px 3px 0; }
        .key.band::before { height: 9px; background: var(--band); opacity: .35; margin-bottom: 0; }
        .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
        path.grid { stroke: var(--line); } path.axis { stroke: var(--grey); } path.curve { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
        path.spread { fill: var(--c); opacity: .16; } path.band { fill: var(--band); opacity: .2; stroke: var(--band); } circle.dot { fill: var(--c); }
        .wide { overflow-x: auto; margin: 10px 0; } .picture img { display: block; max-width: none; background: #fff; border-radius: 8px; border: 1px solid var(--line); } .path img { max-width: max(100%, 900px); height: auto; } figure.picture img { max-width: 100%; height: auto; } figure.picture { margin: 14px 0; }
        table { border-collapse: collapse; font-size: 14px; } th { text-align: left; font-weight: 600; color: var(--grey); } th, td { padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; } .bar { display: inline-block; min-width: 84px; } .bar i { display: block; height: 3px; border-radius: 2px; background: var(--accent); margin: 2px 0 0 auto; }
        @media (max-width: 560px) { th, td { white-space: normal; padding-right: 10px; } body { padding: 16px 12px 40px; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; } }
        """;

    /// <summary>The page.</summary>
    /// <param name="contents">The run.</param>
    /// <param name="now">When the page is made.</param>
    public static string Write(RunContents contents, DateTimeOffset now)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(contents.Run.Path)));
        return Markup.Write(new XElement("html", new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                Element("title", null, $"FasterSeg: {name}"),
                Element("style", null, Style)),
            Element("body", null,
                Element("header", null, Element("h1", null, name),
                    Element("p", null, string.Create(CultureInfo.InvariantCulture, $"A FasterSeg run, as its folder was on {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC"))),
                SummarySection.Figures(contents),
                Missing(contents),
                NetworksSection.Of(contents),
                MeasurementSection.Of(contents),
                AnswersSections.Evaluations(contents),
                AnswersSections.Examples(contents),
                CurvesSection.Of(contents),
                SummarySection.Configuration(contents))));
    }

    /// <summary>Writes the page to a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(RunContents contents, string path, DateTimeOffset now) => AtomicFile.WriteAllText(path, Write(contents, now));

    private static XElement? Missing(RunContents contents)
    {
        string[] missing =
        [
            .. contents.Networks.Count == 0 ? ["No network is derived yet: 'fasterseg search' does it at its end."] : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Measured.Count == 0 ? ["No network was measured whole: --measure or --profiler does it."] : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Evaluations.Count == 0 ? ["No network was evaluated: 'fasterseg train', then 'fasterseg eval' does it."] : Array.Empty<string>(),
        ];
        return missing.Length == 0 ? null : Element("p", "note", string.Join(" ", missing));
    }
}
