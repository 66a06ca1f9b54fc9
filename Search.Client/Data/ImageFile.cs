using FasterSeg.Operators;
using SkiaSharp;

namespace FasterSeg.Search.Client.Data;

/// <summary>Pictures on disk: PNG, JPEG and whatever else Skia decodes; written as PNG.</summary>
public static class ImageFile
{
    private const int LargestFile = 1 << 29;

    /// <summary>Decodes a picture as it is meant to be seen: upright, colours as stored, no colour management.</summary>
    /// <exception cref="UserErrorException">The file is missing, no picture, or cut off; the message names it.</exception>
    public static RgbImage Read(string path)
    {
        byte[] bytes = ReadBytes(path);
        using SKData data = SKData.CreateCopy(bytes);
        using SKCodec codec = SKCodec.Create(data) ?? throw new UserErrorException($"Image '{path}' is not a picture that can be read; use PNG or JPEG.");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba) result = codec.GetPixels(info, (nint)pixels);
        }
        if (result != SKCodecResult.Success) throw new UserErrorException($"Image '{path}' is damaged or cut off ({result}); write or copy it again.");
        return Upright(rgba, info.Height, info.Width, codec.EncodedOrigin);
    }

    /// <summary>Writes a picture as PNG: first beside, then renamed, so that no half-written file is ever seen.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; the message names it.</exception>
    public static void WritePng(string path, RgbImage image) => AtomicFile.WriteAllBytes(path, ToPng(image));

    /// <summary>A picture as the bytes of a PNG file.</summary>
    public static byte[] ToPng(RgbImage image)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        byte[] rgbx = new byte[info.BytesSize];
        for (int i = 0; i < image.Height * image.Width; i++) image.Pixels.AsSpan(i * 3, 3).CopyTo(rgbx.AsSpan(i * 4));
        return ToPng(info, rgbx);
    }

    /// <summary>Writes single values as an 8-bit grey PNG, in the same way.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; the message names it.</exception>
    public static void WriteGreyPng(string path, int height, int width, byte[] values) =>
        AtomicFile.WriteAllBytes(path, ToPng(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), values));

    private static byte[] ToPng(SKImageInfo info, byte[] pixels)
    {
        using SKImage picture = SKImage.FromPixelCopy(info, pixels);
        using SKData png = picture.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>A file's bytes.</summary>
    /// <exception cref="UserErrorException">The file cannot be read; the message names it.</exception>
    internal static byte[] ReadBytes(string path) => UserFile.Read(path, LargestFile);

    /// <summary>Cameras store pictures as the sensor lay and note how to turn them (EXIF orientation); this turns them.</summary>
    private static RgbImage Upright(byte[] rgba, int height, int width, SKEncodedOrigin origin)
    {
        // Where the upright picture's first pixel is stored, and how far it is to the next one down and to the right.
        int last = height * width - 1, bottom = (height - 1) * width, right = width - 1;
        (int start, int down, int across) = origin switch
        {
            SKEncodedOrigin.TopRight => (right, width, -1),
            SKEncodedOrigin.BottomRight => (last, -width, -1),
            SKEncodedOrigin.BottomLeft => (bottom, -width, 1),
            SKEncodedOrigin.LeftTop => (0, 1, width),
            SKEncodedOrigin.RightTop => (bottom, 1, -width),
            SKEncodedOrigin.RightBottom => (last, -1, -width),
            SKEncodedOrigin.LeftBottom => (right, -1, width),
            _ => (0, width, 1),
        };
        var image = Math.Abs(down) == 1 && Math.Abs(across) == width ? new RgbImage(width, height) : new RgbImage(height, width);
        for (int r = 0; r < image.Height; r++)
        {
            for (int c = 0; c < image.Width; c++)
                rgba.AsSpan((start + r * down + c * across) * 4, 3).CopyTo(image[r, c]);
        }
        return image;
    }
}
