using CsCheck;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class MaskFileTests : IDisposable
{
    private static readonly SegmentationClass[] Three = [new("road", 10, 20, 30), new("car", 40, 50, 60), new("sky", 70, 80, 90)];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_row_filter_and_value_is_read_back() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Byte[0, 4].Array[9], Gen.Byte.Array[81], Gens.OneOf(TestPng.Grey, TestPng.Palette))
            .Sample(
                (height, width, filters, values, colourType) =>
                {
                    byte[] samples = values[..(height * width)];
                    string path = Write("m.png", TestPng.Of(height, width, colourType, 8, samples, r => filters[r]));
                    Assert.Equal(samples, Png.Read(path).Samples);
                },
                iter: 200,
                threads: 1
            );

    [Theory]
    [InlineData(1, new byte[] { 0b1010_0000 }, new byte[] { 1, 0, 1 })]
    [InlineData(2, new byte[] { 0b1100_1000 }, new byte[] { 3, 0, 2 })]
    [InlineData(4, new byte[] { 0x2F, 0x10 }, new byte[] { 2, 15, 1 })]
    public void Packed_indices_are_unpacked(byte bits, byte[] row, byte[] expected) =>
        Assert.Equal(expected, Png.Read(Write("m.png", TestPng.Of(1, 3, TestPng.Palette, bits, row, _ => 0))).Samples);

    [Fact]
    public void Cam_vid_labels_equal_skias_grey_decoding()
    {
        string labels = Path.Combine(SharedFolder.CamVid(), "valannot");
        foreach (string path in Directory.EnumerateFiles(labels).Order().Take(8))
        {
            using SKCodec codec = SKCodec.Create(path);
            using var grey = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Gray8, SKAlphaType.Opaque));
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(grey.Info, grey.GetPixels()));
            Png ours = Png.Read(path);
            Assert.Equal(grey.GetPixelSpan().ToArray(), ours.Samples);
            Assert.All(ours.Samples.Distinct(), value => Assert.InRange(value, 0, 11));
        }
    }

    [Fact]
    public void Colours_become_classes()
    {
        byte[] colours = [40, 50, 60, 10, 20, 30, 1, 2, 3, 70, 80, 90];
        string path = Write("m.png", TestPng.Of(2, 2, TestPng.Rgb, 8, colours, _ => 4));
        Assert.Equal([1, 0, 255, 2], new MaskFile(Three, LabelEncoding.Indices(3), ignoreColour: 0x010203).Read(path).Classes);
    }

    [Fact]
    public void The_ignore_index_becomes255() =>
        Assert.Equal(
            [0, 255, 2, 255],
            new MaskFile(Three, LabelEncoding.Indices(3, ignore: 11)).Read(Write("m.png", TestPng.OfGrey(2, 2, 0, 11, 2, 255))).Classes
        );

    [Fact]
    public void A_class_out_of_range_is_named_with_file_value_and_position()
    {
        string path = Write("bad.png", TestPng.OfGrey(2, 3, 0, 1, 2, 0, 1, 3));
        string message = Assert.Throws<UserErrorException>(() => new MaskFile(Three, LabelEncoding.Indices(3)).Read(path)).Message;
        Assert.Equal(
            $"Mask '{path}' has class 3 at row 1, column 2, but there are 3 classes (0 to "
                + "2, 255 to ignore): add the class or correct the mask.",
            message
        );
    }

    [Fact]
    public void An_unknown_colour_is_named_with_file_and_position()
    {
        string path = Write("bad.png", TestPng.Of(1, 2, TestPng.Rgb, 8, [10, 20, 30, 9, 9, 9], _ => 0));
        string message = Assert.Throws<UserErrorException>(() => new MaskFile(Three, LabelEncoding.Indices(3)).Read(path)).Message;
        Assert.StartsWith($"Mask '{path}' has colour (9, 9, 9) at row 0, column 1, which no class has", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestPng.Grey, 16, 0, "16 bits")]
    [InlineData(TestPng.Grey, 8, 1, "interlaced")]
    [InlineData(TestPng.GreyAlpha, 8, 0, "transparency")]
    public void Kinds_that_labels_dont_come_in_are_refused(byte colourType, byte bits, byte interlace, string expected)
    {
        string path = Write("odd.png", TestPng.Of(1, 2, colourType, bits, new byte[4], _ => 0, interlace));
        string message = Assert.Throws<UserErrorException>(() => new MaskFile(Three, LabelEncoding.Indices(3)).Read(path)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("odd.png", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_cut_off_anywhere_is_an_error()
    {
        byte[] whole = TestPng.OfGrey(16, 16, [.. Enumerable.Range(0, 256).Select(i => (byte)(i * 37 % 3))]);
        // Without its last chunk (12 bytes, no content) a PNG still has every pixel.
        for (int length = 0; length < whole.Length - 12; length++)
        {
            string path = Write("cut.png", whole[..length]);
            Assert.Contains(
                "cut.png",
                Assert.Throws<UserErrorException>(() => new MaskFile(Three, LabelEncoding.Indices(3)).Read(path)).Message,
                StringComparison.Ordinal
            );
        }
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder[name], content);
        return folder[name];
    }
}
