using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>The pictures in a folder.</summary>
internal static class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Its PNG and JPEG files by name.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new UserErrorException($"There is no PNG or JPEG image in '{folder}'.");
    }
}
