using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using Xunit;

namespace FasterSeg.Search.Tests.Evaluation;

public sealed class OverlayTests : IDisposable
{
    private static readonly SegmentationClass[] Classes = [new("road", 200, 0, 100), new("car", 0, 255, 0)];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pixels_are_tinted_and_ignored_ones_are_not()
    {
        var image = new RgbImage(1, 3, [100, 100, 100, 100, 100, 100, 50, 60, 70]);
        RgbImage blended = Overlay.Blend(image, new LabelMap(1, 3, [0, 1, 255]), Classes, opacity: 0.5f);
        Assert.Equal([150, 50, 100, 50, 178, 50, 50, 60, 70], blended.Pixels);
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
        Assert.Equal([110, 0, 55], sheet[100, 160 + 326].ToArray());
        Assert.Equal([0, 140, 0], sheet[100, 160 + 652].ToArray());
        Assert.True(Shows(sheet, Classes[0]) && Shows(sheet, Classes[1]), "a swatch is missing");
        Assert.Single(Directory.EnumerateFiles(folder["made/new"]));
    }

    [Fact]
    public void A_class_that_is_not_seen_is_not_in_the_legend()
    {
        Overlay.Write(folder["one.png"], new RgbImage(8, 8), new LabelMap(8, 8, new byte[64]), Classes);
        RgbImage sheet = ImageFile.Read(folder["one.png"]);
        Assert.True(Shows(sheet, Classes[0]));
        Assert.False(Shows(sheet, Classes[1]));
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
