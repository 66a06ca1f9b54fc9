using FasterSeg.Search.Data;

namespace FasterSeg.Search.Checking;

/// <summary>What was found in the samples of a split.</summary>
/// <param name="Name"><c>train</c>, <c>val</c> or <c>test</c>.</param>
/// <param name="Samples">How many there are.</param>
/// <param name="Classes">Pixels of each class.</param>
/// <param name="Ignored">Pixels that do not count, by the value that is stored for them.</param>
/// <param name="Sizes">The labels' sizes, the most frequent first.</param>
/// <param name="Faults">What is wrong with single samples, a sentence each.</param>
public sealed record SplitCheck(
    string Name,
    int Samples,
    IReadOnlyList<long> Classes,
    IReadOnlyDictionary<int, long> Ignored,
    IReadOnlyList<SplitCheck.Size> Sizes,
    IReadOnlyList<string> Faults
)
{
    /// <summary>Rows, columns, and how many labels have so many.</summary>
    public sealed record Size(int Height, int Width, int Count);

    /// <summary>Labels whose indices may not be meant as the classes' numbers: why, the beginning of a sentence each.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>Pixels that count.</summary>
    public long Counted => Classes.Sum();

    /// <summary>Samples whose label cannot be read.</summary>
    public int Unread => Samples - Sizes.Sum(size => size.Count);

    /// <summary>All pixels.</summary>
    public long Pixels => Counted + Ignored.Values.Sum();

    /// <summary>Sums up what was found in each sample.</summary>
    /// <param name="name">The split's name.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="found">One for each sample.</param>
    public static SplitCheck Of(string name, int classes, IReadOnlyList<SampleExamination> found)
    {
        long[] pixels = new long[classes];
        var ignored = new SortedDictionary<int, long>();
        LabelCount[] labels = [.. found.Select(one => one.Label).OfType<LabelCount>()];
        foreach (LabelCount label in labels)
        {
            for (int c = 0; c < classes; c++)
                pixels[c] += label.Classes[c];
            foreach (var (value, count) in label.Ignored.Where(each => each.Value > 0))
                ignored[value] = ignored.GetValueOrDefault(value) + count;
        }
        Size[] sizes =
        [
            .. labels
                .CountBy(label => (label.Height, label.Width))
                .OrderByDescending(size => size.Value)
                .ThenBy(size => size.Key)
                .Select(size => new Size(size.Key.Height, size.Key.Width, size.Value)),
        ];
        return new SplitCheck(name, found.Count, pixels, ignored, sizes, [.. found.SelectMany(one => one.Faults)])
        {
            Doubts = [.. labels.Select(label => label.Doubt).OfType<string>()],
        };
    }
}
