using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>Brings images and their masks together.</summary>
internal static class FilePairs
{
    /// <summary>Paths of an image and of its mask.</summary>
    public sealed record Pair(string Image, string Mask);

    /// <summary>Pairs each image with the mask that belongs to it.</summary>
    /// <param name="images">The images.</param>
    /// <param name="maskOf">Where an image's mask should be.</param>
    /// <param name="kind">What the data set calls a mask, for messages.</param>
    /// <param name="fault">Takes what is wrong; the pair is then left out.</param>
    /// <param name="hint">What to do where one is missing, for messages.</param>
    public static IReadOnlyList<Pair> Of(
        IEnumerable<string> images,
        Func<string, string> maskOf,
        string kind,
        Action<string> fault,
        string hint = ""
    )
    {
        var names = new MaskNames();
        var pairs = new List<Pair>();
        foreach (string image in images)
        {
            string mask = maskOf(image),
                found = names.Find(mask);
            if (UserFile.HasUnreadableName(image))
                fault(
                    $"Image '{image}' has bytes in its name that are no UTF-8, so it cannot be opened: rename it, and its {kind} likewise."
                );
            else if (File.Exists(found))
                pairs.Add(new Pair(image, found));
            else if (Directory.Exists(found))
                fault($"Image '{image}' has no {kind}: '{found}' is a folder.{hint}");
            else
                fault($"Image '{image}' has no {kind}: '{mask}' does not exist{names.Instead(mask)}.{hint}");
        }
        return Alone(pairs, kind, fault);
    }

    /// <summary>Sentences about the files in a folder of masks that belong to none of the images.</summary>
    /// <param name="masks">The files.</param>
    /// <param name="images">The images.</param>
    /// <param name="maskOf">Where an image's mask should be.</param>
    /// <param name="kind">What the data set calls a mask.</param>
    public static IEnumerable<string> Spare(IEnumerable<string> masks, IEnumerable<string> images, Func<string, string> maskOf, string kind)
    {
        var wanted = images.Select(image => Path.GetFileNameWithoutExtension(maskOf(image))).ToHashSet(StringComparer.Ordinal);
        return masks
            .Where(mask => !wanted.Contains(Path.GetFileNameWithoutExtension(mask)))
            .Select(mask => $"The {kind} '{mask}' has no image of its name, so it is not used.");
    }

    /// <summary>Leaves out the pairs whose mask is an earlier image's: one of the two images has somebody else's labels.</summary>
    public static IReadOnlyList<Pair> Alone(IReadOnlyList<Pair> pairs, string kind, Action<string> fault)
    {
        ILookup<string, Pair> byMask = pairs.ToLookup(pair => pair.Mask);
        foreach (IGrouping<string, Pair> same in byMask)
        {
            string[] images = [.. same.Select(pair => pair.Image).Distinct()];
            if (images.Length > 1)
                fault(
                    $"Images '{string.Join("' and '", images)}' share one {kind}, "
                        + $"'{same.Key}': keep one of them, or give each a name of its own."
                );
        }
        return [.. pairs.Where(pair => pair.Image == byMask[pair.Mask].First().Image)];
    }
}
