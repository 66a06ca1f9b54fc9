using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting.Pictures;

/// <summary>Pictures whose size follows from somebody's files.</summary>
public sealed class ConfusionPictureTests
{
    private static readonly (byte Red, byte Green, byte Blue) Full = (0x2F, 0x6F, 0xB0);

    [Fact]
    public void A_cell_is_the_darker_the_more_of_its_label_it_has()
    {
        RgbImage picture = Draw(
            ["a", "b"],
            [
                [9, 1],
                [0, 4],
            ]
        );
        // The last cell has all of its label.
        int bottom = picture.Height - 28,
            left = Enumerable.Range(0, picture.Width).Last(x => At(picture, bottom - 8, x) == Full) - 60;
        Assert.Equal(Full, At(picture, bottom - 60, left));
        byte most = At(picture, bottom - 128, left - 68).Red,
            least = At(picture, bottom - 128, left).Red;
        Assert.True(Full.Red < most && most < least && least < 255, $"{most} {least}");
    }

    [Fact]
    public void Of_very_many_classes_those_with_the_most_pixels_are_drawn()
    {
        const int Most = ConfusionPicture.MostClasses;
        RgbImage most = Draw(Most),
            more = Draw(255);
        // Names have three letters at most in both.
        Assert.InRange(more.Height, most.Height, most.Height + 20);
        Assert.InRange(more.Width, most.Width, most.Width + 20);
    }

    [Fact]
    public void Long_names_are_cut()
    {
        string name = new('x', 100_000);
        RgbImage picture = ConfusionPicture.Draw(
            [name, name],
            [
                [1, 0],
                [0, 1],
            ],
            "student, val",
            name
        );
        Assert.InRange(picture.Width, 100, 1600);
    }

    [Fact]
    public void A_picture_too_large_to_be_looked_at_is_not_drawn()
    {
        UserErrorException refused = Assert.Throws<UserErrorException>(() => PictureCanvas.Draw(1e6f, 1e6f, _ => { }));
        Assert.Contains("2000000x2000000 pixels", refused.Message, StringComparison.Ordinal);
        Assert.Throws<UserErrorException>(() => PictureCanvas.Draw(float.NaN, 10, _ => { }));
    }

    [Fact]
    public void Dots_that_lie_on_each_other_have_one_label_for_all()
    {
        var labels = ParetoPicture.Labels([(new SKPoint(10, 10), "a"), (new SKPoint(100, 10), "b"), (new SKPoint(11, 10), "c")]);
        Assert.Equal(["a, c", "b"], labels.Select(label => label.Names));
        Assert.Equal(new SKPoint(10, 10), labels[0].At);
    }

    private static RgbImage Draw(int classes) =>
        Draw(
            [.. Enumerable.Range(0, classes).Select(c => $"{c}")],
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(c => (IReadOnlyList<long>)[.. Enumerable.Range(0, classes).Select(p => p == c ? 1000L + c : 1)]),
            ]
        );

    private static RgbImage Draw(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts) =>
        ConfusionPicture.Draw(classes, counts, "student, val", "data");

    private static (byte Red, byte Green, byte Blue) At(RgbImage picture, int row, int column)
    {
        int at = 3 * ((row * picture.Width) + column);
        return (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]);
    }
}
