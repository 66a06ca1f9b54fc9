using System.Globalization;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Data;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints what was found in a data set.</summary>
public static class DatasetCheckReport
{
    private const int MostFaults = 20,
        MostSizes = 5;

    /// <summary>Prints the pixels of each class, what is ignored, and the sizes.</summary>
    public static void Write(IAnsiConsole console, SegmentationDataset data, DatasetCheck check)
    {
        SplitCheck[] splits = [check.Train, check.Validation];
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        foreach (SplitCheck split in splits)
        {
            table.AddColumn(new TableColumn($"{split.Name} pixels").RightAligned());
            table.AddColumn(new TableColumn("%").RightAligned());
        }
        for (int c = 0; c < data.Classes.Count; c++)
            Row(data.Classes[c].Name, split => split.Classes[c]);
        foreach (int value in splits.SelectMany(split => split.Ignored.Keys).Distinct().Order())
            Row($"ignored, {LabelFindings.Value(value)}", split => split.Ignored.GetValueOrDefault(value));
        console.Write(table);
        foreach (SplitCheck split in splits)
            console.WriteLine($"{split.Name}: {split.Samples} {(split.Samples == 1 ? "image" : "images")}; masks: {Sizes(split)}");
        if (check.Test is { } test)
            console.WriteLine($"{test.Name}: {test.Samples} {(test.Samples == 1 ? "image" : "images")}, without labels; {Sizes(test)}");

        void Row(string name, Func<SplitCheck, long> pixels) =>
            table.AddRow([
                Markup.Escape(name),
                .. splits.SelectMany(split => new[] { Count(pixels(split)), Share(pixels(split), split.Pixels) }),
            ]);
    }

    /// <summary>Prints warnings, then faults: the first of each, and how many more there are.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<string> warnings, IReadOnlyList<string> faults)
    {
        Write(console, "warning", warnings);
        Write(console, "fault", faults);
    }

    private static void Write(IAnsiConsole console, string kind, IReadOnlyList<string> sentences)
    {
        foreach (string sentence in sentences.Take(MostFaults))
            console.WriteLine($"{kind}: {sentence}");
        int more = sentences.Count - MostFaults;
        if (more > 0)
            console.WriteLine(FormattableString.Invariant($"... and {more} {kind}{(more == 1 ? "" : "s")} more."));
    }

    private static string Sizes(SplitCheck split) =>
        split.Sizes.Count == 0
            ? "none can be read"
            : string.Join(
                ", ",
                split.Sizes.Take(MostSizes).Select(size => FormattableString.Invariant($"{size.Count} of {size.Height}x{size.Width}"))
            )
                + (
                    split.Sizes.Count > MostSizes
                        ? FormattableString.Invariant(
                            $" and {split.Sizes.Count - MostSizes} {(split.Sizes.Count - MostSizes == 1 ? "size" : "sizes")} more"
                        )
                        : ""
                );

    private static string Count(long pixels) => pixels == 0 ? "-" : pixels.ToString(CultureInfo.InvariantCulture);

    private static string Share(long pixels, long all) => pixels == 0 ? "-" : Figures.Hundredths((double)pixels / all);
}
