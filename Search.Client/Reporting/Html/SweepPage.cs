using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Pages;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Sweeps;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A sweep on one page that needs no other file: the comparison of its runs, and how far its chains are.</summary>
internal static class SweepPage
{
    /// <summary>Writes the page to a file.</summary>
    /// <param name="status">How far the sweep is.</param>
    /// <param name="comparison">Of its runs.</param>
    /// <param name="path">The file.</param>
    /// <param name="now">When the page is made.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(SweepStatus status, RunComparison comparison, string path, DateTimeOffset now)
    {
        string name = RunPage.NameOf(status.Folder.Path);
        int done = status.Chains.Count(chain => chain.Work == ChainWork.Done);
        AtomicFile.WriteAllText(
            path,
            PageDocument.Write(
                $"FasterSeg: {name}",
                isLive: false,
                RunPage.Header(name, "sweep", now, FormattableString.Invariant($": {done} of {status.Chains.Count} chains are done.")),
                ComparisonPage.Sections(comparison),
                Chains(status)
            )
        );
    }

    private static XElement Chains(SweepStatus status)
    {
        IReadOnlyList<SweepStage> stages = status.Folder.Sweep.Stages;
        return Element(
            "section",
            null,
            Element("h2", null, "Chains"),
            Element("p", "note", "How long each stage took, over all its attempts, and what each chain changes in its configuration."),
            Table(
                ["chain", "is", "changes", .. stages.Select(stage => stage.Word()), "attempts"],
                status.Chains.Select(chain =>
                    (IReadOnlyList<object>)
                        [
                            chain.Chain.Name,
                            chain.Work.Word(),
                            string.Join(", ", chain.Chain.Sets),
                            .. stages.Select(stage => SweepReport.Cell(chain, stage)),
                            Figures.Count(chain.State.Stages.Values.Sum(stage => stage.Attempts)),
                        ]
                ),
                numbersFrom: 3
            ),
            status
                .Chains.Where(chain => chain.Failure is not null)
                .Select(chain => Element("p", "warning", $"{chain.Chain.Name}: {chain.Failure}"))
        );
    }
}
