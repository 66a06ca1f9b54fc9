using FasterSeg.Latency;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Data;

/// <summary>Which of a palette's two answers, index or colour, a mask is read by.</summary>
public sealed class MaskValuesTests
{
    private const int Road = 0x804080, Car = 0x00008E, Sky = 0x4682B4, Black = 0, Other = 0x123456;
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
    // 255 is ignored whatever it is painted in, or not painted at all.
    [InlineData(new[] { Car, Sky, Road }, new byte[] { 0, 2, 255 }, new byte[] { 1, 0, 255 })]
    [InlineData(new[] { Road, Car, Sky }, new byte[] { 1, 255 }, new byte[] { 1, 255 })]
    public void A_palette_of_the_classes_colours_is_read_by_them_and_any_other_by_index(int[] palette, byte[] used, byte[] expected)
    {
        byte?[] labels = new MaskValues(Three, LabelEncoding.Indices(3), null).OfIndices(used, palette, "m.png");
        Assert.Equal(expected.Select(label => (byte?)label), used.Select(index => labels[index]));
    }

    [Theory]
    [InlineData(new[] { Car, Other, Road }, new byte[] { 0, 1, 2 }, "index 0 has the colour (0, 0, 142) of class 'car'")]
    [InlineData(new[] { Other, Road }, new byte[] { 0, 1 }, "index 1 has the colour (128, 64, 128) of class 'road'")]
    [InlineData(new[] { 0x010203, Other }, new byte[] { 0, 1 }, "of ignoreColor")]
    public void A_palette_that_contradicts_the_classes_is_refused(int[] palette, byte[] used, string expected)
    {
        string message = Assert.Throws<UserErrorException>(() => new MaskValues(Three, LabelEncoding.Indices(3), 0x010203).OfIndices(used, palette, "m.png")).Message;
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
        if (expected) Assert.Equal([0, 1, 2, 255], used.Select(colour => labels[colour]));
    }

    /// <summary>Black is class 3's colour, so grey 0 cannot be class 0's index.</summary>
    [Fact]
    public void Greys_of_which_one_is_another_classs_colour_are_no_indices()
    {
        new MaskValues(WithBlack, LabelEncoding.Indices(4), null).OfColours([0x000000, 0x010101], out bool asIndices);
        Assert.False(asIndices);
    }
}
