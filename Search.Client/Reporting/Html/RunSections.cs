using System.Xml.Linq;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>The sections of a run's page, each by itself: what cannot be read or drawn is told in its place.</summary>
internal static class RunSections
{
    /// <summary>A section; null where there is nothing to show.</summary>
    /// <param name="contents">The run.</param>
    /// <param name="part">Which.</param>
    public static XElement? Of(RunContents contents, RunPart part) =>
        part switch
        {
            RunPart.Summary => Guarded(contents, part, "", () =>
                Element("div", null, SummarySection.Figures(contents), VerdictSection.Of(contents))
            ),
            RunPart.Networks => Guarded(contents, part, NetworksSection.Title, () => NetworksSection.Of(contents)),
            RunPart.Measurement => Guarded(contents, part, MeasurementSection.Title, () => MeasurementSection.Of(contents)),
            RunPart.Agreement => Guarded(contents, part, AgreementSection.Title, () => AgreementSection.Of(contents)),
            RunPart.Front => Guarded(contents, part, FrontSection.Title, () => FrontSection.Of(contents)),
            RunPart.Evaluation => Guarded(contents, part, AnswersSections.EvaluationsTitle, () => AnswersSections.Evaluations(contents)),
            RunPart.Confusion => Guarded(contents, part, AnswersSections.ConfusionsTitle, () => AnswersSections.Confusions(contents)),
            RunPart.Examples => Guarded(contents, part, AnswersSections.ExamplesTitle, () => AnswersSections.Examples(contents)),
            RunPart.Curves => Guarded(contents, part, CurvesSection.Title, () => CurvesSection.Of(contents)),
            RunPart.Configuration => Guarded(contents, part, SummarySection.ConfigurationTitle, () =>
                SummarySection.Configuration(contents)
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(part)),
        };

    /// <summary>A section with the faults of its part below its heading.</summary>
    /// <param name="contents">The run; what fails here is added to its faults.</param>
    /// <param name="part">Which.</param>
    /// <param name="title">Its heading, where it cannot be made; without one the faults stand alone.</param>
    /// <param name="make">Makes it.</param>
    public static XElement? Guarded(RunContents contents, RunPart part, string title, Func<XElement?> make)
    {
        XElement? section = contents.Try(part, make);
        XElement[] faults =
        [
            .. contents.Faults.Where(fault => fault.Part == part).Select(fault => Element("p", "warning", fault.Sentence)),
        ];
        if (faults.Length == 0)
            return section;
        section ??= Element("section", null, title.Length > 0 ? Element("h2", null, title) : null);
        if (section.Element("h2") is { } heading)
            heading.AddAfterSelf(faults);
        else
            section.AddFirst(faults);
        return section;
    }
}
