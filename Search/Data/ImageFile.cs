using FasterSeg.Latency;
using SkiaSharp;

namespace FasterSeg.Search.Data;

/// <summary>Pictures on disk: PNG, JPEG, WebP, BMP and whatever else Skia decodes.</summary>
public static class ImageFile
{
    private const int Quality = 95; // of 100, where a format loses some
    private const int LargestFile = 1 << 29;
    private const int LargestHeader = 1 << 18; // bytes; a note of how to turn it stands before the pixels

    // As many as the bytes of a decoded picture, four a pixel, that an array can have.
    private const long MostPixels = int.MaxValue / 4;

    /// <summary>Decodes a picture as it is meant to be seen: upright, colours as stored, no colour management.</summary>
    /// <exception cref="UserErrorException">The file is missing, no picture, or cut off; the message names it.</exception>
    public static RgbImage Read(string path) => ReadStored(path).Upright();

    /// <summary>Decodes a picture as it is stored, with its note of how to turn it.</summary>
    /// <exception cref="UserErrorException">The file is missing, no picture, or cut off; the message names it.</exception>
    internal static StoredPicture ReadStored(string path)
    {
        byte[] bytes = ReadBytes(path);
        using SKData data = SKData.CreateCopy(bytes);
        using SKCodec? codec = SKCodec.Create(data);
        StoredPicture header = Header(path, codec, bytes);
        var info = new SKImageInfo(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* first = rgba)
                result = codec!.GetPixels(info, (nint)first);
        }
        return result == SKCodecResult.Success
            ? header with
            {
                Rgba = rgba,
            }
            : throw new UserErrorException($"Image '{path}' is damaged or cut off ({result}); write or copy it again.");
    }

    /// <summary>A picture's size and orientation, without its pixels; reads no more of the file than these need.</summary>
    /// <exception cref="UserErrorException">The file is missing or no picture; the message names it.</exception>
    internal static StoredPicture ReadHeader(string path)
    {
        UserFile.RequireFile(path);
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] start = new byte[Math.Min(file.Length, LargestHeader)];
            if (start.Length == 0)
                throw Empty(path);
            file.ReadExactly(start);
            file.Position = 0;
            using SKCodec? codec = SKCodec.Create(file);
            return Header(path, codec, start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Image '{path}' cannot be read ({e.Message.TrimEnd('.')}): check the path and its permissions.",
                e
            );
        }
    }

    private static StoredPicture Header(string path, SKCodec? codec, byte[] file)
    {
        if (codec is null)
            throw new UserErrorException($"Image '{path}' is not a picture that can be read; use PNG, JPEG, WebP or BMP.");
        (int height, int width) = (codec.Info.Height, codec.Info.Width);
        return (long)height * width <= MostPixels
            ? new StoredPicture(height, width, PngChunks.IsPng(file) ? ExifOrientation.OfPng(file) : codec.EncodedOrigin, [])
            : throw new UserErrorException(
                $"Image '{path}' has {height} x {width} pixels, more than can be held at once: cut it into parts."
            );
    }

    /// <summary>Writes a picture as PNG: first beside, then renamed, so that no half-written file is ever seen.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; the message names it.</exception>
    public static void WritePng(string path, RgbImage image) => AtomicFile.WriteAllBytes(path, ToPng(image));

    /// <summary>Writes a picture in the format that the file's name says (see <see cref="PictureFormat"/>), in the same way.</summary>
    /// <exception cref="UserErrorException">The file cannot be written, or the picture is too large for the format.</exception>
    public static void Write(string path, RgbImage image) => AtomicFile.WriteAllBytes(path, ToBytes(image, PictureFormat.Of(path)));

    /// <summary>A picture as the bytes of a PNG file.</summary>
    public static byte[] ToPng(RgbImage image) => ToBytes(image, SKEncodedImageFormat.Png);

    private static byte[] ToBytes(RgbImage image, SKEncodedImageFormat format)
    {
        if (format == SKEncodedImageFormat.Bmp)
            return Bmp.Of(image);
        // Skia's JPEG encoder does not know the first of these.
        var info = new SKImageInfo(
            image.Width,
            image.Height,
            format == SKEncodedImageFormat.Png ? SKColorType.Rgb888x : SKColorType.Rgba8888,
            SKAlphaType.Opaque
        );
        byte[] rgbx = new byte[info.BytesSize];
        for (int i = 0; i < image.Height * image.Width; i++)
            image.Pixels.AsSpan(i * 3, 3).CopyTo(rgbx.AsSpan(i * 4));
        return ToBytes(info, rgbx, format);
    }

    /// <summary>Writes single values as an 8-bit grey PNG, in the same way.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; the message names it.</exception>
    public static void WriteGreyPng(string path, int height, int width, byte[] values) =>
        AtomicFile.WriteAllBytes(
            path,
            ToBytes(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), values, SKEncodedImageFormat.Png)
        );

    private static byte[] ToBytes(SKImageInfo info, byte[] pixels, SKEncodedImageFormat format)
    {
        // libjpeg and libwebp refuse more, the first with a line of its own on standard error.
        if (Math.Max(info.Height, info.Width) > PictureFormat.LargestSide(format))
            throw new UserErrorException(
                $"A picture of {info.Height} x {info.Width} pixels does not fit into a {format} file: name a .png file."
            );
        using SKImage picture = SKImage.FromPixelCopy(info, pixels);
        using SKData encoded = picture.Encode(format, format == SKEncodedImageFormat.Png ? 100 : Quality);
        return encoded.ToArray();
    }

    /// <summary>A file's bytes.</summary>
    /// <exception cref="UserErrorException">The file is empty or cannot be read; the message names it.</exception>
    internal static byte[] ReadBytes(string path)
    {
        byte[] bytes = UserFile.Read(path, LargestFile);
        return bytes.Length > 0 ? bytes : throw Empty(path);
    }

    private static UserErrorException Empty(string path) => new($"'{path}' is empty (0 bytes): copy or write it again.");
}
