using System.Diagnostics;
using System.IO.Hashing;
using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Pages;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Runs.TensorBoard;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Pages;

/// <summary>
/// A run as it stands, for a browser. What takes long to read and draw is kept for twenty times as long as it took, so that whoever looks
/// on takes little from a training on the same machine.
/// </summary>
/// <param name="path">The run's folder.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveRun(string path, TimeProvider time)
{
    private const string DataUri = "data:image/png;base64,";
    private const int CostOfLooking = 20;

    private static readonly RunPart[] Later =
    [
        RunPart.Networks,
        RunPart.Measurement,
        RunPart.Agreement,
        RunPart.Front,
        RunPart.Evaluation,
        RunPart.Confusion,
        RunPart.Configuration,
    ];

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2),
        Longest = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private Dictionary<string, byte[]> pictures = [],
        before = [];
    private LastPictures? logged;
    private object?[] parts = [];
    private long made;
    private TimeSpan kept = TimeSpan.Zero;

    /// <summary>The page; of a run that cannot be read, with a sentence that says why.</summary>
    /// <param name="hasList">Whether there is a list of runs to go back to.</param>
    /// <exception cref="UserErrorException">There is no run any more.</exception>
    public string Page(bool hasList)
    {
        lock (gate)
        {
            var run = RunFolder.Open(path);
            DateTimeOffset now = time.GetUtcNow();
            string name = RunPage.NameOf(run);
            return PageDocument.Write(
                $"FasterSeg: {name}",
                isLive: true,
                Element(
                    "header",
                    null,
                    Element("h1", null, name),
                    hasList ? Element("p", null, Element("a", null, new XAttribute("href", "/"), "All runs")) : null
                ),
                Told(run, now),
                Parts(run)
            );
        }
    }

    /// <summary>A picture of the page by its name, as PNG; null where it has none like that.</summary>
    public byte[]? Picture(string name)
    {
        lock (gate)
            return pictures.GetValueOrDefault(name) ?? before.GetValueOrDefault(name);
    }

    private object?[] Parts(RunFolder run)
    {
        if (parts.Length > 0 && time.GetElapsedTime(made) < kept)
            return parts;
        long start = Stopwatch.GetTimestamp();
        (before, pictures) = (pictures, []);
        parts = [Guarded(() => Made(run))];
        TimeSpan long20 = CostOfLooking * Stopwatch.GetElapsedTime(start);
        // On a busy machine a look takes long: what has changed must be seen nevertheless.
        (made, kept) = (time.GetTimestamp(), TimeSpan.FromTicks(Math.Clamp(long20.Ticks, Shortest.Ticks, Longest.Ticks)));
        return parts;
    }

    private XElement Made(RunFolder run)
    {
        RunContents contents = RunContents.Read(run);
        // Curves before all else: they are what changes.
        XElement whole = Element(
            "div",
            null,
            RunSections.Of(contents, RunPart.Summary),
            RunSections.Of(contents, RunPart.Curves),
            RunSections.Guarded(contents, RunPart.Logged, LoggedPicturesSection.Title, () => Logged(run, contents)),
            Later.Select(part => RunSections.Of(contents, part)),
            ReadingSection.Of()
        );
        foreach (XElement picture in whole.Descendants("img"))
        {
            XAttribute source = picture.Attribute("src")!;
            // A page that is asked for every few seconds only names them.
            if (source.Value.StartsWith(DataUri, StringComparison.Ordinal))
                source.Value = Keep(RunPage.NameOf(run), Convert.FromBase64String(source.Value[DataUri.Length..]));
        }
        return whole;
    }

    private XElement? Logged(RunFolder run, RunContents contents)
    {
        logged ??= new(run);
        IReadOnlyList<LoggedPicture> newest = logged.Read();
        return LoggedPicturesSection.Of(newest, contents, logged.HasMore);
    }

    /// <summary>What works on the run, and what works on it beside that.</summary>
    private static object[] Told(RunFolder run, DateTimeOffset now)
    {
        RunProgress? main = null,
            evaluation = null;
        XElement[] faults =
        [
            .. new[]
            {
                Guarded(() =>
                {
                    main = RunProgress.Load(run.Progress);
                    return null;
                }),
                Guarded(() =>
                {
                    evaluation = RunProgress.Load(run.EvaluationProgress);
                    return null;
                }),
            }.OfType<XElement>(),
        ];
        // The command that said something last stands first; an evaluation that ended before it is of no account any more.
        RunProgress?[] shown = ProgressWords.Shown(main, evaluation, now);
        if (shown.Length == 0 && faults.Length == 0 && run.FrontNetworks is > 0 and int networks)
            return [Element("div", "now", Element("p", null, $"This is {RunOverview.FrontOf(networks)}; {run.Front} has their figures."))];
        return
        [
            faults,
            shown.Length > 0 || faults.Length > 0 ? shown.Select(one => ProgressWords.Section(one, now)) : ProgressWords.Section(null, now),
        ];
    }

    private string Keep(string name, byte[] png)
    {
        string hash = Convert.ToHexStringLower(XxHash128.Hash(png));
        pictures[hash] = png;
        return $"{WatchServer.PathOf(name)}/picture/{hash}";
    }

    /// <summary>What cannot be read now, since it is broken in whatever way or goes away just now, is a sentence on the page.</summary>
    private static XElement? Guarded(Func<XElement?> make)
    {
        try
        {
            return make();
        }
        catch (Exception fault)
        {
            return Element("p", "warning", fault.Message);
        }
    }
}
