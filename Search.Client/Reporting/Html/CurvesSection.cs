using System.Xml.Linq;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>Every scalar of every phase as a curve; those that belong together share a chart.</summary>
internal static class CurvesSection
{
    /// <summary>Its heading.</summary>
    public const string Title = "Curves";

    private const string Search = "search";

    // What the search logs, by chart. Any other scalar has a chart of its own.
    private static readonly (string Title, (string Scalar, string Name)[] Curves)[] SearchCharts =
    [
        ("Loss, summed over passes and heads", [("loss", "weights"), ("architecture_loss", "alpha, beta, gamma")]),
        ("Expected latency of the supernet's student, ms", [("latency_ms", "expected")]),
        (
            "Derived student, ms",
            [
                ("student_estimate_32_8_ms", "32+8"),
                ("student_estimate_32_16_ms", "32+16"),
                ("student_measured_32_8_ms", "32+8 measured"),
                ("student_measured_32_16_ms", "32+16 measured"),
            ]
        ),
        (
            "Derived teacher, ms",
            [
                ("teacher_estimate_32_8_ms", "32+8"),
                ("teacher_estimate_32_16_ms", "32+16"),
                ("teacher_measured_32_8_ms", "32+8 measured"),
                ("teacher_measured_32_16_ms", "32+16 measured"),
            ]
        ),
        (
            "Mean entropy of the student, nats",
            [("student_entropy_alpha", "alpha"), ("student_entropy_beta", "beta"), ("student_entropy_gamma", "gamma")]
        ),
        ("Mean entropy of the teacher, nats", [("teacher_entropy_alpha", "alpha"), ("teacher_entropy_beta", "beta")]),
        (LatencyWeight, [("latency_weight", "weight")]),
        ("Norm of the gradient", [("gradient_norm", "weights"), ("architecture_gradient_norm", "alpha, beta, gamma")]),
    ];

    private const string LatencyWeight = "Weight of the latency";

    private static readonly (string Scalar, string Name)[] TargetScalars = [("target_low_ms", "low"), ("target_high_ms", "high")];

    /// <summary>The section; null where nothing was logged.</summary>
    public static XElement? Of(RunContents contents) =>
        contents.Scalars.Count == 0 && contents.LeftOut is null
            ? null
            : Element(
                "section",
                null,
                Element("h2", null, Title),
                Element(
                    "p",
                    "note",
                    "Where many values were logged, the line is smoothed, the thin one is their means, and the band goes from the smallest "
                        + "to the largest. The number at a name is the last value. Expected latency is that of the mixture that the search "
                        + "weighs; a derived student's is of the network that would be read off now."
                ),
                contents.LeftOut is { } left ? Element("p", "warning", left) : null,
                contents
                    .Scalars.Select(series => series.Phase)
                    .Distinct()
                    .Select(phase =>
                        (object[])
                            [
                                Element("h3", null, NameOf(phase)),
                                Element("div", "charts", Charts(contents, phase).Select(chart => chart.Draw())),
                            ]
                    )
            );

    internal static string NameOf(string phase) =>
        phase switch
        {
            "pretrain" => "Pretraining of the supernet",
            Search => "Search",
            "train_teacher" => "Training of the teacher",
            "train_student" => "Training of the student",
            "one_shot" => "Training of the shared weights",
            _ when phase.StartsWith("one_shot_", StringComparison.Ordinal) => $"Training of the shared weights, supernet {phase[9..]}",
            _ => phase,
        };

    private static IEnumerable<Chart> Charts(RunContents contents, string phase)
    {
        HashSet<string> drawn = [];
        if (phase == Search)
        {
            drawn.UnionWith(SearchCharts.SelectMany(chart => chart.Curves).Concat(TargetScalars).Select(curve => curve.Scalar));
            foreach (var (title, curves) in SearchCharts)
            {
                (string Name, ScalarSeries Series)[] known =
                [
                    .. curves.Select(curve => (curve.Name, contents.Scalar(phase, curve.Scalar)!)).Where(curve => curve.Item2 is not null),
                ];
                if (known.Length > 0)
                    yield return new Chart(title, known)
                    {
                        Band = title.StartsWith("Derived student", StringComparison.Ordinal) ? Target(contents) : null,
                        Logarithmic = title == LatencyWeight,
                    };
            }
        }
        foreach (ScalarSeries series in contents.Scalars.Where(series => series.Phase == phase && !drawn.Contains(series.Name)))
            yield return series.Name == NetworkTraining.ValidationScalar
                ? new Chart("Mean IoU on validation images, %", [("mIoU", series.Times(100))])
                : new Chart(TitleOf(series.Name), [(series.Name.Replace('_', ' '), series)]);
    }

    private static string TitleOf(string name) =>
        name switch
        {
            "loss" => "Loss",
            "gradient_norm" => "Norm of the gradient",
            "distillation" => "Distance to the teacher, KL divergence",
            "table_ratio" => "Newer table, median ratio to the one before",
            _ => name,
        };

    private static (ScalarSeries, ScalarSeries)? Target(RunContents contents) =>
        contents.Scalar(Search, TargetScalars[0].Scalar) is { } low && contents.Scalar(Search, TargetScalars[1].Scalar) is { } high
            ? (low, high)
            : null;
}
