using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Checking;

/// <summary>What the counted labels of a data set say about it.</summary>
/// <param name="Faults">Sentences: with these a training is for nothing.</param>
/// <param name="Warnings">Sentences: these may be meant.</param>
public sealed record LabelFindings(IReadOnlyList<string> Faults, IReadOnlyList<string> Warnings)
{
    private const int MostNames = 20;

    /// <summary>Judges the counts.</summary>
    public static LabelFindings Of(SegmentationDataset data, DatasetCheck check)
    {
        List<string> faults = [],
            warnings = [];
        SplitCheck train = check.Train,
            validation = check.Validation;
        foreach (
            int c in Enumerable
                .Range(0, data.Classes.Count)
                .Where(c => data.Encoding.IsChosen && data.Encoding.Decode(data.Encoding.ValueOf(c)) == LabelMap.Ignore)
        )
            warnings.Add(
                $"Class '{data.Classes[c].Name}' never counts in grey and palette masks: its index {data.Encoding.ValueOf(c)} is "
                    + $"the ignore index. Where masks count the classes from {c + 1}, write \"firstIndex\": {c + 1} in classes.json; "
                    + "else write another \"ignore\", such as 255."
            );
        string[] doubts = [.. new[] { train, validation }.SelectMany(split => split.Doubts ?? [])];
        if (doubts.Length > 0)
            warnings.Add(
                $"{doubts.Length} {(doubts.Length == 1 ? "palette mask was" : "palette masks were")} read by index, since the "
                    + "palette's colours are no class's, but they are nearly those of other classes than the indices: "
                    + $"{doubts[0]}{(doubts.Length > 1 ? ", for one" : "")}. Where colours are meant, write them into classes.json "
                    + "exactly as the palette has them."
            );
        // What cannot be read may hold anything.
        if (train.Unread + validation.Unread > 0 || train.Samples * validation.Samples == 0)
            return new LabelFindings(faults, warnings);

        foreach (SplitCheck split in new[] { train, validation }.Where(split => split.Counted == 0))
            faults.Add($"No pixel of {split.Name} counts: every one is ignored ({Ignored(split)}).{Hint(data, check)}");
        if (train.Classes.Count(pixels => pixels > 0) == 1)
            faults.Add(
                $"Only class '{data.Classes[Index(train.Classes, pixels => pixels > 0)].Name}' has pixels in train: there is "
                    + $"nothing to tell it from.{Hint(data, check)}"
            );
        if (data.ValuesFault?.Invoke(Values(data, check)) is { } fault)
            faults.Add(fault);
        string[] never = Names(c => train.Classes[c] == 0 && validation.Classes[c] == 0),
            unlearned = Names(c => train.Classes[c] == 0 && validation.Classes[c] > 0);
        if (never.Length > 0)
            warnings.Add(
                $"{never.Length} of {data.Classes.Count} classes {(never.Length == 1 ? "occurs" : "occur")} in no mask: "
                    + $"{List(never)}.{Hint(data, check)}"
            );
        if (unlearned.Length > 0 && train.Counted > 0)
            warnings.Add($"{List(unlearned)}: in masks of val but in none of train, so not to be learned.");
        return new LabelFindings(faults, warnings);

        string[] Names(Func<int, bool> which) =>
            [.. Enumerable.Range(0, data.Classes.Count).Where(which).Select(c => $"'{data.Classes[c].Name}'")];
    }

    /// <summary>What ignored pixels hold, e.g. <c>value 255: 6144 pixels, 100.0 %</c>.</summary>
    public static string Ignored(SplitCheck split) =>
        string.Join(
            "; ",
            split.Ignored.Select(each =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Value(each.Key)}: {Plural.Of(each.Value, "pixel")}, {100.0 * each.Value / split.Pixels:F1} %"
                )
            )
        );

    /// <summary>What a stored value is called.</summary>
    public static string Value(int value) => value == LabelCount.ByColour ? "ignoreColor" : FormattableString.Invariant($"value {value}");

    /// <summary>What may be meant where classes have no pixels, in a folder of the user's own.</summary>
    private static string Hint(SegmentationDataset data, DatasetCheck check)
    {
        if (!data.Encoding.IsChosen)
            return "";
        string hint = "";
        if (check.Train.Ignored.ContainsKey(LabelMap.Ignore) || check.Validation.Ignored.ContainsKey(LabelMap.Ignore))
            hint +=
                " 255 is the ignore index: where it means a class, write the class's index into the masks instead, or save them "
                + "as RGB, where colours decide.";
        if (check.Train.Counted > 0 && check.Train.Classes[0] == 0 && data.Encoding.ValueOf(0) == 0)
            hint += " Where masks count the classes from 1, write \"firstIndex\": 1 in classes.json.";
        return hint;
    }

    /// <summary>The values that masks hold, whatever they mean.</summary>
    private static HashSet<int> Values(SegmentationDataset data, DatasetCheck check) =>
        [
            .. new[] { check.Train, check.Validation }.SelectMany(split =>
                split.Ignored.Keys.Concat(
                    Enumerable.Range(0, data.Classes.Count).Where(c => split.Classes[c] > 0).Select(c => (int)data.Encoding.ValueOf(c))
                )
            ),
        ];

    private static int Index(IReadOnlyList<long> counts, Func<long, bool> which) =>
        Enumerable.Range(0, counts.Count).First(c => which(counts[c]));

    private static string List(string[] names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Length > MostNames ? $" and {names.Length - MostNames} more" : "");
}
