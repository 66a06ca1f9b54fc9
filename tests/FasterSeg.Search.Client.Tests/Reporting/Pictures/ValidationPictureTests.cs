using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using FasterSeg.Search.Validating;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting.Pictures;

/// <summary>The plot of a validation: its networks are 4.8 % off, so their dots lie on the grey band of +-5 %.</summary>
public sealed class ValidationPictureTests
{
    // Pixels of a dot.
    private static readonly double Dot = Math.PI * Math.Pow(3.2 * PictureCanvas.Scale, 2);

    [Fact]
    public void Every_reporting_network_is_a_dot_in_both_panels_and_every_fitting_one_a_ring()
    {
        TableValidation validation = MadeValidations.Finished(MadeValidations.Settings(reporting: 8, fitting: 4));
        RgbImage picture = ValidationPicture.Draw(validation, EstimateResult.PlainSum);
        // Dots may cover each other a little, and their edges are blended.
        Assert.InRange(Count(picture, PictureColours.Deep), 8 * Dot, 16 * Dot);
        Assert.InRange(Count(picture, PictureColours.Shallow), Dot, 4 * Dot);
        RgbImage alone = ValidationPicture.Draw(
            MadeValidations.Finished(MadeValidations.Settings(reporting: 8, fitting: 0)),
            EstimateResult.PlainSum
        );
        Assert.Equal(0, Count(alone, PictureColours.Shallow));
    }

    [Fact]
    public void Networks_without_an_error_lie_on_the_line()
    {
        TableValidation validation = MadeValidations.Begun(MadeValidations.Settings(reporting: 4, fitting: 0));
        while (validation.Next() is { } network)
            validation = validation.With(
                network,
                MadeValidations.Measured(network.EstimateMs!.Value, MadeValidations.Table.Identity),
                "made up"
            );
        RgbImage picture = ValidationPicture.Draw(validation, EstimateResult.PlainSum);
        // The lower panel spans -5.5 to 5.5 %: its middle row is no error.
        int middle = PictureCanvas.Scale * (628 + 880 - 58) / 2;
        int[] rows =
        [
            .. Enumerable
                .Range(PictureCanvas.Scale * 620, PictureCanvas.Scale * 210)
                .Where(row => Enumerable.Range(0, picture.Width).Any(column => IsNear(picture[row, column], PictureColours.Deep))),
        ];
        Assert.InRange(rows.Min(), middle - 9, middle - 3);
        Assert.InRange(rows.Max(), middle + 3, middle + 9);
    }

    [Theory]
    [InlineData(EstimateResult.PlainSum, "Sum of parts, over whole networks")]
    [InlineData(EstimateResult.TableSum, "Sum of parts as the table corrects them, over whole networks")]
    public void The_title_says_which_sums_are_drawn(string way, string title)
    {
        Assert.Equal(title, ValidationPicture.HeadOf(way));
        LatencyTable table = MadeValidations.Table;
        var correction = new LatencyCorrection(Scale: 1, BoundaryNs: 0, WeightNs: 0, PartMs: 0, Networks: 12, Deviation: 0.01);
        Assert.Equal(way, EstimateResult.WayOf(way == EstimateResult.PlainSum ? table.With(null) : table.With(correction)));
        TableValidation validation = MadeValidations.Finished(MadeValidations.Settings(reporting: 4, fitting: 0));
        // The other title is other pixels.
        Assert.NotEqual(ValidationPicture.Draw(validation, "other").Pixels, ValidationPicture.Draw(validation, way).Pixels);
    }

    private static int Count(RgbImage picture, SKColor colour)
    {
        int count = 0;
        for (int i = 0; i < picture.Pixels.Length; i += 3)
        {
            if (IsNear(picture.Pixels.AsSpan(i, 3), colour))
                count++;
        }
        return count;
    }

    /// <summary>The colour as a mark lets the band shine through.</summary>
    private static bool IsNear(ReadOnlySpan<byte> pixel, SKColor colour)
    {
        static int Over(byte mark, byte below) => ((mark * 0xD0) + (below * (255 - 0xD0))) / 255;
        SKColor below = PictureColours.Pale;
        return Math.Abs(pixel[0] - Over(colour.Red, below.Red)) < 12
            && Math.Abs(pixel[1] - Over(colour.Green, below.Green)) < 12
            && Math.Abs(pixel[2] - Over(colour.Blue, below.Blue)) < 12;
    }
}
