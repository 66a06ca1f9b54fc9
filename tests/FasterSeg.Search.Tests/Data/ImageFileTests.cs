using FasterSeg.Latency;
using FasterSeg.Search.Data;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class ImageFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_png_is_read_back_exactly()
    {
        var image = new RgbImage(7, 5, [.. Enumerable.Range(0, 105).Select(i => (byte)(i * 73))]);
        ImageFile.WritePng(folder["a.png"], image);
        RgbImage again = ImageFile.Read(folder["a.png"]);
        Assert.Equal((7, 5), (again.Height, again.Width));
        Assert.Equal(image.Pixels, again.Pixels);
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    /// <summary>WebP ends at 16383 pixels a side, JPEG at 65500.</summary>
    [Theory]
    [InlineData("a.webp")]
    [InlineData("a.jpg")]
    public void A_picture_too_large_for_a_format_is_told(string name)
    {
        Assert.Contains(
            "does not fit into a",
            Assert.Throws<UserErrorException>(() => ImageFile.Write(folder[name], new RgbImage(1, 70_000))).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void Cam_vid_images_equal_their_stored_bytes()
    {
        string path = Directory.EnumerateFiles(Path.Combine(SharedFolder.CamVid(), "val")).Order().First();
        Assert.Equal(Png.Read(path).Samples, ImageFile.Read(path).Pixels);
    }

    [Fact]
    public void A_jpeg_is_read_in_the_right_place_and_order()
    {
        using var bitmap = new SKBitmap(32, 16);
        bitmap.Erase(new SKColor(200, 30, 60));
        using (SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95))
            File.WriteAllBytes(folder["a.jpg"], data.ToArray());
        RgbImage image = ImageFile.Read(folder["a.jpg"]);
        Assert.Equal((16, 32), (image.Height, image.Width));
        Assert.InRange(image[8, 16][0], 195, 205);
        Assert.InRange(image[8, 16][1], 25, 35);
        Assert.InRange(image[8, 16][2], 55, 65);
    }

    /// <summary>A phone's picture, stored on its side (EXIF orientation 6: turn it clockwise to see it upright).</summary>
    [Fact]
    public void A_picture_stored_on_its_side_is_turned_upright()
    {
        using var bitmap = new SKBitmap(32, 16);
        bitmap.Erase(SKColors.Black);
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 8; column++)
                bitmap.SetPixel(column, row, SKColors.White);
        }
        byte[] jpeg;
        using (SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95))
            jpeg = data.ToArray();
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        File.WriteAllBytes(folder["a.jpg"], [.. jpeg[..2], .. exif, .. jpeg[2..]]);
        RgbImage image = ImageFile.Read(folder["a.jpg"]);
        Assert.Equal((32, 16), (image.Height, image.Width));
        // The stored left edge is the upright picture's upper edge.
        Assert.InRange(image[2, 8][0], 240, 255);
        Assert.InRange(image[20, 8][0], 0, 15);
    }

    [Fact]
    public void A_file_that_is_no_picture_or_cut_off_is_named()
    {
        File.WriteAllText(folder["text.png"], "not a picture");
        ImageFile.WritePng(folder["cut.png"], new RgbImage(64, 64, [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i * i / 7))]));
        byte[] whole = File.ReadAllBytes(folder["cut.png"]);
        File.WriteAllBytes(folder["cut.png"], whole[..(whole.Length / 2)]);
        foreach (string name in new[] { "text.png", "cut.png", "absent.png" })
            Assert.Contains(
                name,
                Assert.ThrowsAny<UserErrorException>(() => ImageFile.Read(folder[name])).Message,
                StringComparison.Ordinal
            );
    }
}
