using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Checking;

/// <summary>
/// Whether images have the classes that a network learned. It tells them by their place only: with others of the same number, every
/// figure would stand beside a wrong name. Colours may differ, and so may the images.
/// </summary>
public static class KnownClasses
{
    /// <summary>Passes images with the classes of a run; where an older build made it, which kept none, with as many.</summary>
    /// <param name="run">The run.</param>
    /// <param name="space">Its space.</param>
    /// <param name="data">The images.</param>
    /// <param name="location">As the user named them.</param>
    /// <exception cref="UsageException">They have others, or the same in another order; the message names the first that
    /// differs.</exception>
    /// <exception cref="DamagedRunException">The run's classes cannot be read.</exception>
    public static void Require(RunFolder run, SpaceOptions space, SegmentationDataset data, string location) =>
        Require(
            File.Exists(run.Classes) ? RunFile.Checked(() => ClassList.Load(run.Classes)) : null,
            space.Classes,
            run.Path,
            data,
            location
        );

    /// <summary>Passes images with given classes.</summary>
    /// <param name="known">The classes; null where only their number is known.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="owner">The run or the file whose classes they are.</param>
    /// <param name="data">The images.</param>
    /// <param name="location">As the user named them.</param>
    /// <exception cref="UsageException">They have others, or the same in another order.</exception>
    public static void Require(ClassList? known, int count, string owner, SegmentationDataset data, string location)
    {
        string[] here = [.. data.Classes.Select(one => one.Name)],
            there = [.. known?.Classes.Select(one => one.Name) ?? []];
        if (here.Length != count)
            throw new UsageException(
                FormattableString.Invariant($"{location} has {here.Length} classes, {owner} has {count}: name the data set that ")
                    + "its networks are trained on, or one with the same classes."
            );
        int differs = there.Zip(here).TakeWhile(pair => pair.First == pair.Second).Count();
        if (differs == there.Length)
            return;
        string what = here.Order(StringComparer.Ordinal).SequenceEqual(there.Order(StringComparer.Ordinal))
            ? $"has the classes of {owner} in another order"
            : $"has other classes than {owner}";
        throw new UsageException(
            $"{location} {what} (class {differs + 1} of {here.Length} is '{here.ElementAtOrDefault(differs)}' here, and "
                + $"'{there[differs]}' there): name images with the same classes in the same order, or train a new run on these."
        );
    }
}
