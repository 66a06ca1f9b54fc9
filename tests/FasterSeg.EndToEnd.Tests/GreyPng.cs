using SkiaSharp;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Pictures for the programs to read.</summary>
internal static class GreyPng
{
    /// <summary>Writes an 8-bit grey PNG; makes its folder.</summary>
    public static void Write(string path, int height, int width, Func<int, byte> value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (int i = 0; i < height * width; i++)
            bitmap.SetPixel(i % width, i / width, new SKColor(value(i), value(i), value(i)));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, png.ToArray());
    }
}
