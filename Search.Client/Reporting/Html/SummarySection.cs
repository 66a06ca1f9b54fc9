using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>The figures that matter, and what the run was made with.</summary>
internal static class SummarySection
{
    /// <summary>The configuration's heading.</summary>
    public const string ConfigurationTitle = "Configuration";

    /// <summary>Student and teacher in a few numbers.</summary>
    public static XElement Figures(RunContents contents) =>
        Element(
            "div",
            "figures",
            Tiles(contents).Select(tile => Element("div", "figure", Element("b", null, tile.Value), Element("span", null, tile.Name)))
        );

    /// <summary>The configuration.</summary>
    public static XElement Configuration(RunContents contents)
    {
        FasterSegOptions options = contents.Configuration;
        SpaceOptions space = options.Space;
        CultureInfo culture = CultureInfo.InvariantCulture;
        (string, string?)[] facts =
        [
            ("input", string.Create(culture, $"{space.Height}x{space.Width}, {space.Classes} classes")),
            (
                "space",
                string.Create(
                    culture,
                    $"{Plural.Of(space.Layers, "layer")}, Fch {space.Fch}, widths {space.Widths}; stem and head: teacher "
                        + $"{space.TeacherStem}, {space.TeacherHead}, student {space.StudentStem}, {space.StudentHead}"
                )
            ),
            // A front has a band for each of its networks.
            ("target of the student", contents.IsFront ? null : contents.Target),
            .. SearchPhases(options),
            (
                "latency",
                string.Create(
                    culture,
                    $"{options.Searching.LatencyTerms.Word()} terms, {options.Searching.Controller.Word()} controller, widths in "
                        + $"{(options.Searching.LatencyWidths == LatencyWidths.Sampled ? "samples" : "expectation")}, derivation "
                        + $"{options.Searching.Derivation.Word()}"
                )
            ),
            .. new[] { Role.Teacher, Role.Student }.Select(role =>
                ($"training of the {role.Name()}", (string?)Training(role, contents.OfTraining(role)))
            ),
            ("seed", options.Seed.ToString(culture)),
            (
                "table",
                contents.Table is { } table
                    ? string.Create(
                        culture,
                        $"{Plural.Of(table.Entries.Count, "entry", "entries")}, {Device(table.Identity)}, "
                            + $"{table.Created:yyyy-MM-dd HH:mm} UTC"
                    )
                    : null
            ),
        ];
        return Element(
            "section",
            null,
            Element("h2", null, ConfigurationTitle),
            Element(
                "dl",
                null,
                facts
                    .Where(fact => fact.Item2 is not null)
                    .Select(fact => (object[])[Element("dt", null, fact.Item1), Element("dd", null, fact.Item2)])
            ),
            contents.Trainings.Select(training => Changes(options, training.Role, training.Options)),
            Element("details", null, Element("summary", null, "config.json"), Element("pre", null, contents.ConfigurationText))
        );
    }

    /// <summary>Device, provider and precision in a line.</summary>
    public static string Device(Latency.Tables.TableIdentity identity)
    {
        string threads = identity.Threads <= 0 ? "" : ", " + Plural.Of(identity.Threads, "thread");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{identity.DeviceName}, {identity.Provider}, {identity.Precision}{threads}, batch {identity.BatchSize}"
        );
    }

    /// <summary>The phases of the method that the run was searched with.</summary>
    private static IEnumerable<(string, string?)> SearchPhases(FasterSegOptions options) =>
        options.Searching.Method switch
        {
            SearchMethod.Oneshot =>
            [
                (
                    "shared weights",
                    Phase(options.OneShot)
                        + string.Create(CultureInfo.InvariantCulture, $", {Plural.Of(options.OneShot.Paths, "network")} a step")
                        + Sets(options.OneShot)
                ),
                (
                    "search",
                    string.Create(CultureInfo.InvariantCulture, $"evolution, {Plural.Of(options.OneShot.Networks, "network")} scored")
                ),
                ("steps of their own", Adaptation(options.OneShot)),
                ("halving", Halving(options)),
            ],
            SearchMethod.Random => [("search", "random networks of the band"), ("halving", Halving(options))],
            _ => [("pretraining", Phase(options.Pretrain)), ("search", Phase(options.Searching))],
        };

    /// <summary>Of how many sets of shared weights scores are the mean; nothing where there is one.</summary>
    private static string Sets(OneShotOptions phase) =>
        (phase.Supernets > 1 ? string.Create(CultureInfo.InvariantCulture, $", {phase.Supernets} supernets") : "")
        + (
            phase.Snapshots > 1
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $", mean of the {phase.SnapshotAveraging.Word()} of {phase.Snapshots} snapshots"
                )
                : ""
        );

    private static string? Adaptation(OneShotOptions phase) =>
        phase.AdaptationSteps > 0
            ? string.Join(
                ", ",
                AdaptedChoice.Rungs(phase).Select(rung => $"{Plural.Of(rung.Networks, "network")} {Plural.Of(rung.Steps, "step")}")
            )
            : null;

    private static string? Halving(FasterSegOptions options) =>
        options.Halving.Finalists > 1
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Halving.Finalists} networks, from {Plural.Of(options.Halving.Steps, "step")}"
            ) + (options.Halving.Start == TrainingStart.Shared ? ", each from the shared weights" : "")
            : null;

    private static string Training(Role role, FasterSegOptions options) =>
        Phase(options.Training)
        + (
            role == Role.Teacher ? ""
            : options.Training.DistillationWeight > 0
                ? string.Create(CultureInfo.InvariantCulture, $", distillation {options.Training.DistillationWeight:G3}")
            : ", without a teacher"
        )
        + (role == Role.Student && options.Training.Start == TrainingStart.Shared ? ", from the shared weights" : "");

    /// <summary>In what a training ran otherwise than the run's configuration says; null where in nothing.</summary>
    private static XElement? Changes(FasterSegOptions run, Role role, FasterSegOptions training)
    {
        string[] changes =
        [
            .. ConfigurationDifference
                .Between(run, training)
                // A teacher begins anew in any case.
                .Where(change => role == Role.Student || change.Key != "training:start")
                .Select(change => $"{change.Key} {change.Second} instead of {change.First}"),
        ];
        return changes.Length == 0
            ? null
            : Element("p", "note", $"The training of the {role.Name()} ran with {string.Join(", ", changes)}.");
    }

    private static string Phase(PhaseOptions phase) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Plural.Of(phase.Epochs, "epoch")}{(phase.StepsPerEpoch > 0 ? " of " + Plural.Of(phase.StepsPerEpoch, "step") : "")}, "
                + $"batch {phase.Batch}, "
                + $"crop {phase.CropHeight}x{phase.CropWidth}{(phase.DownSampling > 1 ? $" of 1/{phase.DownSampling} size" : "")}, "
                + $"learning rate {phase.LearningRate:G3}"
        );

    private static IEnumerable<(string Name, string Value)> Tiles(RunContents contents)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (contents.IsFront)
        {
            SpaceOptions space = contents.Configuration.Space;
            double[] estimates = [.. contents.Front!.Points.Select(one => one.EstimateMs)];
            yield return (
                string.Create(
                    culture,
                    $"{Plural.Of(estimates.Length, "network")} from fast to slow, estimated at {space.Height}x{space.Width}"
                ),
                estimates.Length == 1
                    ? Reporting.Figures.Milliseconds(estimates[0]) + " ms"
                    : $"{Reporting.Figures.Milliseconds(estimates.Min())}-{Reporting.Figures.Milliseconds(estimates.Max())} ms"
            );
            yield break;
        }
        foreach (NetworkContents network in contents.Networks)
        {
            Role role = network.Plan.Architecture.Role;
            int digits = role == Role.Student ? contents.LatencyDigits : 3;
            string name = role.Name(),
                size = string.Create(culture, $"{network.Plan.Height}x{network.Plan.Width}");
            MeasuredNetwork? measured = contents.Measured.FirstOrDefault(one => one.Role == role);
            if (measured is not null)
                yield return (
                    string.Create(
                        culture,
                        $"{name}, measured at {size} ({measured.Identity.FramesPerSecond(measured.MedianMs):F1} frames/s)"
                    ),
                    Reporting.Figures.Milliseconds(measured.MedianMs, digits) + " ms"
                );
            else if (network.Estimate is { } estimate)
                yield return ($"{name}, estimated at {size}", Reporting.Figures.Milliseconds(estimate.TotalMs, digits) + " ms");
            if (contents.Evaluations.FirstOrDefault(one => one.Role == role && one.Split == "val") is { } evaluation)
                yield return (
                    $"{name}, mean IoU on {evaluation.Data} val, {evaluation.Mode}",
                    evaluation.MeanIou is { } share ? string.Create(culture, $"{100 * share:F1} %") : "-"
                );
        }
        // A band that is known is written in both units, the second in brackets.
        string[] target = contents.Target.TrimEnd(')').Split(" (");
        yield return (target.Length > 1 ? $"target of the student ({target[1]})" : "target of the student", target[0]);
    }
}
