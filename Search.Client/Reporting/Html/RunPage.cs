using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Pages;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A run on one page: HTML with its style, curves and pictures inside. It asks the network for nothing.</summary>
public static class RunPage
{
    private static readonly RunPart[] Parts =
    [
        RunPart.Networks,
        RunPart.Measurement,
        RunPart.Agreement,
        RunPart.Front,
        RunPart.Evaluation,
        RunPart.Confusion,
        RunPart.Examples,
        RunPart.Curves,
        RunPart.Configuration,
    ];

    /// <summary>The page. What of it cannot be made is one of the run's faults then.</summary>
    /// <param name="contents">The run.</param>
    /// <param name="now">When the page is made.</param>
    public static string Write(RunContents contents, DateTimeOffset now)
    {
        string name = NameOf(contents.Run);
        return PageDocument.Write(
            $"FasterSeg: {name}",
            isLive: false,
            Header(name, "run", now),
            RunSections.Of(contents, RunPart.Summary),
            Missing(contents),
            Parts.Select(part => RunSections.Of(contents, part)),
            ReadingSection.Of()
        );
    }

    /// <summary>What stands above a page of a folder.</summary>
    /// <param name="name">The folder's.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="now">When the page is made.</param>
    /// <param name="more">The end of the sentence.</param>
    internal static XElement Header(string name, string kind, DateTimeOffset now, string more = "") =>
        Element(
            "header",
            null,
            Element("h1", null, name),
            Element(
                "p",
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A FasterSeg {kind}, as its folder was on {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC{more}"
                )
            )
        );

    /// <summary>A run's name: that of its folder.</summary>
    internal static string NameOf(RunFolder run) => NameOf(run.Path);

    /// <summary>The same of a folder in which a run lies, or lay.</summary>
    internal static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>Writes the page to a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(RunContents contents, string path, DateTimeOffset now) => AtomicFile.WriteAllText(path, Write(contents, now));

    /// <summary>What the run does not hold yet, and which command brings it; null where it holds all.</summary>
    private static XElement? Missing(RunContents contents)
    {
        string[] missing =
        [
            .. contents.Networks.Count == 0 && !contents.IsFront && !HasFault(RunPart.Networks) && !HasFault(RunPart.Front)
                ? ["No network is derived yet: 'fasterseg search' does it at its end."]
                : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Measured.Count == 0 && !HasFault(RunPart.Measurement)
                ? ["No network was measured whole: --measure or --profiler does it."]
                : Array.Empty<string>(),
            .. contents.Networks.Count > 0 && contents.Evaluations.Count == 0 && !HasFault(RunPart.Evaluation)
                ? ["No network was evaluated: 'fasterseg eval' does it, once 'fasterseg train' has trained one."]
                : Array.Empty<string>(),
        ];
        return missing.Length == 0 ? null : Element("p", "note", string.Join(" ", missing));

        bool HasFault(RunPart part) => contents.Faults.Any(fault => fault.Part == part);
    }
}
