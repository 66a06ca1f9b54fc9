using FasterSeg.Latency;
using SkiaSharp;

namespace FasterSeg.Search.Data;

/// <summary>Formats that pictures are written in, by a file's name; a name without an extension gets PNG.</summary>
public static class PictureFormat
{
    private static readonly string[] Written = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];

    /// <summary>The format of a file.</summary>
    public static SKEncodedImageFormat Of(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" => SKEncodedImageFormat.Jpeg,
            ".webp" => SKEncodedImageFormat.Webp,
            ".bmp" => SKEncodedImageFormat.Bmp,
            _ => SKEncodedImageFormat.Png,
        };

    /// <summary>Pixels that a side can have in a format.</summary>
    public static int LargestSide(SKEncodedImageFormat format) =>
        format switch
        {
            SKEncodedImageFormat.Jpeg => 65_500,
            SKEncodedImageFormat.Webp => 16_383,
            _ => int.MaxValue,
        };

    /// <summary>Refuses a name of a format that is not written: under it a PNG would be a riddle to other programs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="exact">Every value must be kept, which PNG alone does here.</param>
    /// <exception cref="UsageException">It is one.</exception>
    public static void Require(string path, string option, bool exact = false)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (exact && Of(path) != SKEncodedImageFormat.Png)
            throw new UsageException($"{path}: label images are PNG, which keeps every value exactly: name a .png file with {option}.");
        if (extension.Length > 0 && !Written.Contains(extension))
            throw new UsageException(
                $"{path}: pictures are not written as {extension}: name a {(exact ? ".png" : ".png, .jpg, .webp or .bmp")} file "
                    + $"with {option}."
            );
    }
}
