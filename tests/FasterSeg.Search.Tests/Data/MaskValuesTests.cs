using FasterSeg.Latency;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

/// <summary>Which of a palette's two answers, index or colour, a mask is read by.</summary>
public sealed class MaskValuesTests
{
    private const int Road = 0x804080,
        Car = 0x00008E,
        Sky = 0x4682B4,
        Black = 0,
        Other = 0x123456;
    private static readonly SegmentationClass[] Three = [new("road", 128, 64, 128), new("car", 0, 0, 142), new("sky", 70, 130, 180)];
    private static readonly SegmentationClass[] WithBlack = [.. Three, new("tree", 0, 0, 0)];

    [Theory]
    [InlineData(new[] { Road, Car, Sky }, new byte[] { 0, 1, 2 }, new byte[] { 0, 1, 2 })]
    [InlineData(new[] { Car, Sky, Road }, new byte[] { 0, 1, 2 }, new byte[] { 1, 2, 0 })]
    // Nothing in common with the classes: by index.
    [InlineData(new[] { 1, 2, 3 }, new byte[] { 0, 1, 2 }, new byte[] { 0, 1, 2 })]
    // Where colours are classes', they agree with the index.
    [InlineData(new[] { Road, Other, Other }, new byte[] { 0, 1, 2 }, new byte[] { 0, 1, 2 })]
    // The contradiction is in a colour that the mask does not use.
    [InlineData(new[] { Road, Car, Other, Sky }, new byte[] { 0, 1 }, new byte[] { 0, 1 })]
    // VOC's black background, and a palette that is filled up with a class's colour.
    [InlineData(new[] { Black, 0x800000, 0x008000, 0x808000, Black, Black }, new byte[] { 0, 1, 2 }, new byte[] { 0, 1, 2 })]
    [InlineData(new[] { 1, 2, 3, Car, Car, Car, Car }, new byte[] { 0, 1, 2 }, new byte[] { 0, 1, 2 })]
    // 255 is ignored where it is not painted.
    [InlineData(new[] { Car, Sky, Road }, new byte[] { 0, 2, 255 }, new byte[] { 1, 0, 255 })]
    [InlineData(new[] { Road, Car, Sky }, new byte[] { 1, 255 }, new byte[] { 1, 255 })]
    public void A_palette_of_the_classes_colours_is_read_by_them_and_any_other_by_index(int[] palette, byte[] used, byte[] expected)
    {
        byte?[] labels = new MaskValues(Three, LabelEncoding.Indices(3), null).OfIndices(used, palette, "m.png");
        Assert.Equal(expected.Select(label => (byte?)label), used.Select(index => labels[index]));
    }

    /// <summary>Greys and VOC's colours are the same whatever the classes are; far behind the classes' indices they have one's colour by
    /// chance.</summary>
    [Fact]
    public void A_general_palette_is_read_by_index_though_it_has_a_classs_colour_elsewhere()
    {
        int[] greys = [.. Enumerable.Range(0, 256).Select(i => i * 0x010101)],
            voc = [.. Enumerable.Range(0, 256).Select(Voc)];
        Assert.Equal((0x800000, 0xE0E0C0), (voc[1], voc[255]));
        SegmentationClass[] classes = [new("road", 128, 64, 128), new("car", 0, 0, 142), new("sky", 128, 128, 128)];
        foreach (int[] palette in new[] { greys, voc })
        {
            byte?[] labels = new MaskValues(classes, LabelEncoding.Indices(3), null).OfIndices([0, 1, 2, 255], palette, "m.png");
            Assert.Equal([0, 1, 2, 255], new[] { 0, 1, 2, 255 }.Select(index => labels[index]!.Value));
            Assert.Null(new MaskValues(classes, LabelEncoding.Indices(3), null).Doubt([0, 1, 2], palette, "m.png"));
        }

        static int Voc(int index)
        {
            int[] channels = [0, 0, 0];
            for (int bit = 7; index > 0; bit--, index >>= 3)
            {
                for (int c = 0; c < 3; c++)
                    channels[c] |= (index >> c & 1) << bit;
            }
            return MaskValues.Rgb((byte)channels[0], (byte)channels[1], (byte)channels[2]);
        }
    }

    /// <summary>Whatever else a mask uses: the same index in the same colour is the same class.</summary>
    [Theory]
    [InlineData(new[] { Road, Car, Sky })]
    [InlineData(new[] { Car, Sky, Road })]
    public void Index_255_in_a_classs_colour_is_that_class_in_every_mask(int[] three)
    {
        int[] palette = [.. three, .. Enumerable.Range(0, 252).Select(i => 0x200000 + i), Car];
        foreach (byte[] used in new byte[][] { [0, 255], [0, 1, 2, 255], [255] })
            Assert.Equal((byte)1, new MaskValues(Three, LabelEncoding.Indices(3), null).OfIndices(used, palette, "m.png")[255]);
    }

    /// <summary>Off by one or a few, and in another order: what a conversion of colours leaves.</summary>
    [Theory]
    [InlineData(new[] { 0x00008D, 0x814181, 0x4682B4 }, "index 0 in (0, 0, 141), nearly the colour of class 'car'")]
    [InlineData(new[] { 0x814181, 0x00008D, 0x4682B2 }, null)]
    [InlineData(new[] { 1, 2, 3 }, null)]
    [InlineData(new[] { Car, Sky, Road }, null)]
    public void A_palette_of_nearly_the_classes_colours_in_another_order_is_doubtful(int[] palette, string? expected)
    {
        string? doubt = new MaskValues(Three, LabelEncoding.Indices(3), null).Doubt([0, 1], palette, "m.png");
        if (expected is null)
            Assert.Null(doubt);
        else
            Assert.Contains(expected, doubt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { Car, Other, Road }, new byte[] { 0, 1, 2 }, "index 0 has the colour (0, 0, 142) of class 'car'")]
    [InlineData(new[] { Other, Road }, new byte[] { 0, 1 }, "index 1 has the colour (128, 64, 128) of class 'road'")]
    [InlineData(new[] { 0x010203, Other }, new byte[] { 0, 1 }, "of ignoreColor")]
    // The whole palette decides: the same index is no class in a mask that uses nothing else.
    [InlineData(new[] { 0x090909, Road, Car, Sky }, new byte[] { 0 }, "index 1 has the colour (128, 64, 128) of class 'road'")]
    [InlineData(new[] { Road, Car, Other, Sky }, new byte[] { 0, 1, 2 }, "index 3 has the colour (70, 130, 180) of class 'sky'")]
    [InlineData(new[] { Black, Road, Car }, new byte[] { 0 }, "index 1 has the colour (128, 64, 128) of class 'road'")]
    public void A_palette_that_contradicts_the_classes_is_refused(int[] palette, byte[] used, string expected)
    {
        string message = Assert
            .Throws<UserErrorException>(() => new MaskValues(Three, LabelEncoding.Indices(3), 0x010203).OfIndices(used, palette, "m.png"))
            .Message;
        Assert.Contains("Mask 'm.png' has a palette that contradicts the classes", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    /// <summary>Programs fill palettes up to 256 colours with black.</summary>
    [Fact]
    public void An_ignored_index_in_a_classs_colour_stays_ignored_where_the_others_agree()
    {
        int[] palette = [Road, Car, Sky, .. Enumerable.Repeat(Black, 253)];
        byte?[] labels = new MaskValues(WithBlack, LabelEncoding.Indices(4), null).OfIndices([0, 1, 2, 3, 255], palette, "m.png");
        Assert.Equal([0, 1, 2, 3, 255], new[] { 0, 1, 2, 3, 255 }.Select(index => labels[index]!.Value));
    }

    [Theory]
    [InlineData(new[] { 0x000000, 0x010101, 0x020202, 0xFFFFFF }, true)]
    [InlineData(new[] { Road, Car }, false)]
    [InlineData(new[] { 0x000000, 0x010101, Road }, false)]
    [InlineData(new[] { 0x000000, 0x030303 }, false)]
    public void Three_equal_channels_are_indices_where_all_are_and_none_is_a_colour_of_a_class(int[] used, bool expected)
    {
        Dictionary<int, byte> labels = new MaskValues(Three, LabelEncoding.Indices(3), null).OfColours(used, out bool asIndices);
        Assert.Equal(expected, asIndices);
        if (expected)
            Assert.Equal([0, 1, 2, 255], used.Select(colour => labels[colour]));
    }

    /// <summary>Black is class 3's colour, so grey 0 cannot be class 0's index.</summary>
    [Fact]
    public void Greys_of_which_one_is_another_classs_colour_are_no_indices()
    {
        new MaskValues(WithBlack, LabelEncoding.Indices(4), null).OfColours([0x000000, 0x010101], out bool asIndices);
        Assert.False(asIndices);
    }
}
