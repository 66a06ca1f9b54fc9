using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints several runs side by side, readable at 80 columns.</summary>
public static class ComparisonReport
{
    /// <summary>Prints a row for every network, the spread over seeds, what differs, what cannot be compared, and which student to
    /// keep.</summary>
    public static void Write(IAnsiConsole console, RunComparison comparison)
    {
        WriteNetworks(console, comparison);
        WriteCosts(console, comparison);
        if (comparison.Groups.Count > 0)
            WriteGroups(console, comparison.Groups);
        if (comparison.Differences.Count > 0)
        {
            console.WriteLine("The configurations differ in:");
            FactList.Write(console, comparison.Differences.Select(difference => (difference.Key, (string?)difference.ToString())));
            console.WriteLine();
        }
        foreach (string note in comparison.Notes)
            ConsoleText.Write(console, note);
        foreach (string sentence in comparison.Settings)
            console.WriteLine(sentence);
        foreach (Recommendation recommendation in comparison.Recommendations)
            console.WriteLine(recommendation.Sentence);
    }

    /// <summary>The letter that a set has where there are several of a role: A, B, ...</summary>
    public static string Letter(RunComparison comparison, ComparedSet set) => comparison.LetterOf(set);

    /// <summary>A set in words: <c>students</c>, or <c>students A</c> where there are several of a role.</summary>
    public static string NameOf(RunComparison comparison, ComparedSet set) =>
        $"{set.Networks[0].Role.Name()}s {Letter(comparison, set)}".TrimEnd();

    private static void WriteNetworks(IAnsiConsole console, RunComparison comparison)
    {
        FilledTable table = NewTable("run")
            .AddColumn(Column("role"))
            .AddColumn(Right("seed"))
            .AddColumn(Right("band ms"))
            .AddColumn(Column("in\nband"))
            .AddColumn(Right("est.\nms"))
            .AddColumn(Right("fps"))
            .AddColumn(Right("meas.\nms"))
            .AddColumn(Right("super-\nnet %"))
            .AddColumn(Right("mIoU\n%"))
            .AddColumn(Column("front"));
        foreach (ComparedSet set in comparison.Sets)
        {
            foreach (ComparedNetwork network in set.Networks)
            {
                BandPlace? place = set.PlaceOf(network);
                int? digits = place is null ? null : DigitsOf(network);
                table.AddRow(
                    network.Run.Name,
                    network.Role.Name(),
                    (network.Run.IsRandom ? "r" : "") + Figures.Number(network.Run.Seed, "0"),
                    place is null ? "" : $"{Short(network.Run.Target.LowMs, digits)}-{Short(network.Run.Target.HighMs, digits)}",
                    place switch
                    {
                        BandPlace.In => "yes",
                        BandPlace.Fast => "fast",
                        BandPlace.Slow => "slow",
                        _ => "",
                    },
                    Beside(network.EstimateMs, network, digits),
                    Short(network.Run.Device.FramesPerSecond(network.EstimateMs)),
                    network.Measured is { } measured ? Beside(measured.MedianMs, network, digits) : "",
                    Figures.Percent(network.SupernetMeanIou, ""),
                    network.Evaluation is { MeanIou: null } ? "-" : Figures.Percent(network.TrainedMeanIou, ""),
                    Letter(comparison, set) + (set.IsOnFront(network) ? "*" : "")
                );
            }
        }
        table.Write(console);
        foreach (ComparedSet set in comparison.Sets)
        {
            string name = NameOf(comparison, set),
                latency = set.ByMeasurement ? "measured" : "estimated";
            SpaceOptions space = set.Networks[0].Run.Options.Space;
            string where = $"at {EvaluationMode.SizeOf(space.Height, space.Width)}, on {set.Networks[0].Run.Device.DeviceName}";
            console.WriteLine(
                set.Accuracy == QualityBasis.None
                    ? $"{name}: no mIoU is known, so there is no front; latency {latency}, {where}"
                    : $"{name}: * is on the Pareto front of {latency} latency and "
                        + $"{(set.Accuracy == QualityBasis.Trained ? "trained" : "supernet")} mIoU {where}"
            );
        }
        if (comparison.Sets.Any(set => set.Networks.Any(network => network.Run.IsRandom)))
            console.WriteLine("r after a seed: the student was drawn at random.");
        console.WriteLine();
    }

    private static void WriteCosts(IAnsiConsole console, RunComparison comparison)
    {
        FilledTable table = NewTable("run")
            .AddColumn(Column("role"))
            .AddColumn(Right("input"))
            .AddColumn(Right("multiply-\nadds, G"))
            .AddColumn(Right("parameters,\nM"))
            .AddColumn(Right("maps at\nonce, MiB"));
        foreach (ComparedNetwork network in comparison.Sets.SelectMany(set => set.Networks))
        {
            NetworkCost cost = network.Cost;
            table.AddRow(
                network.Run.Name,
                network.Role.Name(),
                EvaluationMode.SizeOf(cost.Height, cost.Width),
                Short(cost.MultiplyAdds / 1e9),
                Short(cost.Parameters / 1e6),
                Short(cost.ActivationBytes / (double)(1 << 20))
            );
        }
        table.Write(console);
        console.WriteLine();
    }

    private static void WriteGroups(IAnsiConsole console, IReadOnlyList<SeedGroup> groups)
    {
        FilledTable table = NewTable("differ only\nin the seed")
            .AddColumn(Column("role"))
            .AddColumn(Right("seeds"))
            .AddColumn(Right("est. ms"))
            .AddColumn(Right("meas. ms"))
            .AddColumn(Right("supernet %"))
            .AddColumn(Right("mIoU %"));
        foreach (SeedGroup group in groups)
        {
            table.AddRow(
                string.Join(", ", group.Networks.Select(network => network.Run.Name)),
                group.Role.Name(),
                Figures.Count(group.Networks.Count),
                Figures.Spread(group.EstimateMs, 1, "F3"),
                Figures.Spread(group.MeasuredMs, 1, "F3"),
                Figures.Spread(group.SupernetMeanIou, 100, "F2"),
                Figures.Spread(group.TrainedMeanIou, 100, "F2")
            );
        }
        table.Write(console);
        console.WriteLine("Mean and standard deviation over the seeds.");
        console.WriteLine();
    }

    /// <summary>A table whose first column gives way where the console is narrow.</summary>
    private static FilledTable NewTable(string first) => new FilledTable(TableBorder.None).AddColumn(Column(first, wraps: true));

    private static TableColumn Column(string header, bool wraps = false) =>
        new($"[grey]{Markup.Escape(header)}[/]") { Padding = new Padding(0, 0, 1, 0), NoWrap = !wraps };

    private static TableColumn Right(string header) => Column(header).RightAligned();

    /// <summary>Digits with which a row shows whether its latencies lie in its band.</summary>
    private static int DigitsOf(ComparedNetwork network) =>
        network.Run.Target.DigitsFrom(
            DigitsOf(network.Run.Target.HighMs),
            network.EstimateMs,
            network.Measured?.MedianMs ?? network.EstimateMs
        );

    private static string Beside(double milliseconds, ComparedNetwork network, int? bandDigits) =>
        bandDigits is { } digits
            ? Figures.Milliseconds(milliseconds, network.Run.Target.DigitsOf(digits, DigitsOf(milliseconds), milliseconds))
            : Short(milliseconds);

    /// <summary>Four figures, as far as they go.</summary>
    private static int DigitsOf(double value) =>
        value < 10 ? 3
        : value < 100 ? 2
        : value < 1000 ? 1
        : 0;

    private static string Short(double value, int? digits = null) => Figures.Milliseconds(value, digits ?? DigitsOf(value));
}
