using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>The pictures in a folder. What begins with a dot is none: systems and archives keep notes of their own there.</summary>
internal static class ImageFolder
{
    private const string Kinds = "PNG, JPEG, WebP or BMP";
    private static readonly string[] Jpeg = [".jpg", ".jpeg"];

    /// <summary>Extensions of pictures.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", .. Jpeg, ".webp", ".bmp"];

    /// <summary>Its pictures by name.</summary>
    /// <exception cref="UserErrorException">There is none, or the folder cannot be read.</exception>
    public static IReadOnlyList<string> Files(string folder) => Some(folder, Kinds, [.. Extensions]);

    /// <summary>How many files there are of other kinds, in a sentence; null where there are none.</summary>
    /// <exception cref="UserErrorException">The folder cannot be read.</exception>
    public static string? Others(string folder)
    {
        string[] others =
        [
            .. Visible(folder, deep: false)
                .Select(path => Path.GetExtension(path).ToLowerInvariant())
                .Where(extension => !Extensions.Contains(extension)),
        ];
        if (others.Length == 0)
            return null;
        IEnumerable<string> kinds = others
            .CountBy(extension => extension)
            .OrderByDescending(kind => kind.Value)
            .ThenBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => FormattableString.Invariant($"{kind.Value} {(kind.Key.Length == 0 ? "without an extension" : kind.Key)}"));
        return $"{Plural.Of(others.Length, "file")} of {folder} {Plural.Word(others.Length, "is", "are")} left out, as pictures are "
            + $"{Kinds}: {string.Join(", ", kinds)}.";
    }

    /// <summary>Its JPEG files by name.</summary>
    /// <exception cref="UserErrorException">There is none, or the folder cannot be read.</exception>
    public static IReadOnlyList<string> Jpegs(string folder) => Some(folder, "JPEG", Jpeg);

    /// <summary>Its files of some extensions, in lower or upper case, by name; none where there are none.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="deep">With the folders in it.</param>
    /// <param name="extensions">With their dots; all files if none.</param>
    /// <exception cref="UserErrorException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> Visible(string folder, bool deep, params string[] extensions)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateFiles(folder, "*", deep ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                    .Where(path => extensions.Length == 0 || extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
                    .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The folder '{folder}' cannot be read ({e.Message.TrimEnd('.')}): check its permissions.", e);
        }
    }

    private static IReadOnlyList<string> Some(string folder, string kind, string[] extensions)
    {
        IReadOnlyList<string> files = Visible(folder, deep: false, extensions);
        if (files.Count > 0)
            return files;
        IReadOnlyList<string> others = Visible(folder, deep: false);
        string found = others.Count switch
        {
            0 => ", which is empty",
            1 => $", but '{Path.GetFileName(others[0])}'",
            2 => $", but '{Path.GetFileName(others[0])}' and 1 other file",
            int count => FormattableString.Invariant($", but '{Path.GetFileName(others[0])}' and {count - 1} other files"),
        };
        throw new UserErrorException($"There is no {kind} image in '{folder}'{found}.");
    }
}
