using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using Xunit;

namespace FasterSeg.Search.Tests.Evaluation;

public sealed class OverlayTests : IDisposable
{
    private static readonly SegmentationClass[] Classes = [new("road", 200, 60, 100), new("car", 0, 255, 0)];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pixels_are_tinted_and_ignored_ones_are_not()
    {
        var image = new RgbImage(1, 3, [100, 100, 100, 100, 100, 100, 50, 60, 70]);
        RgbImage blended = Overlay.Blend(image, new LabelMap(1, 3, [0, 1, 255]), Classes, opacity: 0.5f);
        Assert.Equal([150, 80, 100, 50, 178, 50, 50, 60, 70], blended.Pixels);
        Assert.Equal(100, image.Pixels[0]);
    }

    [Fact]
    public void Side_by_side_shows_image_label_prediction_and_the_names_of_what_is_seen()
    {
        var image = new RgbImage(200, 320);
        var road = new LabelMap(200, 320, new byte[200 * 320]);
        var car = new LabelMap(200, 320, [.. Enumerable.Repeat((byte)1, 200 * 320)]);
        Overlay.WriteSideBySide(folder["made/new/sheet.png"], image, road, car, Classes);
        RgbImage sheet = ImageFile.Read(folder["made/new/sheet.png"]);
        Assert.Equal(3 * 320 + 2 * 6, sheet.Width);
        Assert.True(sheet.Height > 200 + 40);
        Assert.Equal([0, 0, 0], sheet[100, 160].ToArray());
        Assert.Equal(Tinted(Classes[0]), sheet[100, 160 + 326].ToArray());
        Assert.Equal(Tinted(Classes[1]), sheet[100, 160 + 652].ToArray());
        Assert.True(Shows(sheet, Overlay.Visible(Classes[0])) && Shows(sheet, Overlay.Visible(Classes[1])), "a swatch is missing");
        Assert.Single(Directory.EnumerateFiles(folder["made/new"]));
    }

    [Theory]
    [InlineData(8, 8), InlineData(60, 80), InlineData(100, 640)]
    public void An_overlay_has_one_size_and_one_legend_whatever_is_seen(int height, int width)
    {
        byte[] some = [.. Enumerable.Range(0, height * width).Select(i => (byte)(i % 2))];
        var sizes = new List<(int, int)>();
        foreach (byte[] seen in new[] { new byte[height * width], some, Array.ConvertAll(some, _ => LabelMap.Ignore) })
        {
            Overlay.Write(folder["one.png"], new RgbImage(height, width), new LabelMap(height, width, seen), Classes);
            RgbImage sheet = ImageFile.Read(folder["one.png"]);
            sizes.Add((sheet.Height, sheet.Width));
            Assert.All(Classes, painted => Assert.True(Shows(sheet, Overlay.Visible(painted))));
            // The picture is at its own size, in the corner.
            bool isTinted = seen[^1] != LabelMap.Ignore;
            Assert.Equal(isTinted, sheet[height - 1, width - 1].ToArray().Any(value => value > 0));
            Assert.Equal(255, sheet[height, 0][0]);
        }
        Assert.Single(sizes.Distinct());
        Assert.Equal(width, sizes[0].Item2);
    }

    [Fact]
    public void Dark_colours_are_lifted_until_they_are_seen_and_no_two_become_one()
    {
        SegmentationClass[] all = [.. StreetClasses.All];
        SegmentationClass[] seen = [.. all.Select(Overlay.Visible)];
        Assert.All(seen, c => Assert.InRange(0.299 * c.Red + 0.587 * c.Green + 0.114 * c.Blue, 99, 255));
        Assert.Equal(all.Length, seen.Select(c => (c.Red, c.Green, c.Blue)).Distinct().Count());
        Assert.Equal(new SegmentationClass("sidewalk", 244, 35, 232), seen[1]);
        Assert.NotEqual(all[13], seen[13]);
    }

    [Fact]
    public void Colours_alone_are_the_classes_own_and_can_be_read_as_a_mask()
    {
        var label = new LabelMap(2, 3, [0, 1, 0, 1, 1, LabelMap.Ignore]);
        ImageFile.WritePng(folder["c.png"], Overlay.Colours(label, Classes));
        var masks = new MaskFile(Classes, LabelEncoding.Indices(2), ignoreColour: 0);
        Assert.Equal(label.Classes, masks.Read(folder["c.png"]).Classes);
    }

    [Fact]
    public void A_name_is_written_in_black_and_cut_off_where_the_picture_ends()
    {
        SegmentationClass[] classes = [new(new string('M', 60), 200, 0, 100)];
        Overlay.Write(folder["long.png"], new RgbImage(8, 300), new LabelMap(8, 300, new byte[2400]), classes);
        RgbImage sheet = ImageFile.Read(folder["long.png"]);
        Assert.Equal(300, sheet.Width);
        int[] dark =
        [
            .. Enumerable
                .Range(0, 300)
                .Where(c => Enumerable.Range(8, sheet.Height - 8).Any(r => sheet[r, c][1] < 30 && sheet[r, c][0] < 30)),
        ];
        Assert.InRange(dark.Min(), 30, 35);
        Assert.InRange(dark.Max(), 290, 299);
    }

    [Fact]
    public void Names_are_written_smaller_where_a_picture_is_too_small_for_them_and_none_is_cut_off()
    {
        SegmentationClass[] classes = [new("traffic light", 200, 0, 100), new("pole", 0, 100, 250)];
        Overlay.Write(folder["small.png"], new RgbImage(8, 100), new LabelMap(8, 100, new byte[800]), classes);
        RgbImage sheet = ImageFile.Read(folder["small.png"]);
        Assert.Equal(100, sheet.Width);
        int last = Enumerable.Range(0, 100).Last(c => Enumerable.Range(8, sheet.Height - 8).Any(r => sheet[r, c][1] < 200));
        Assert.InRange(last, 60, 98);
    }

    /// <summary>Over black.</summary>
    private static byte[] Tinted(SegmentationClass painted)
    {
        painted = Overlay.Visible(painted);
        return [.. new[] { painted.Red, painted.Green, painted.Blue }.Select(value => (byte)(value * Overlay.DefaultOpacity + 0.5f))];
    }

    private static bool Shows(RgbImage picture, SegmentationClass sought)
    {
        for (int i = 0; i < picture.Pixels.Length; i += 3)
        {
            if ((picture.Pixels[i], picture.Pixels[i + 1], picture.Pixels[i + 2]) == (sought.Red, sought.Green, sought.Blue))
                return true;
        }
        return false;
    }
}
