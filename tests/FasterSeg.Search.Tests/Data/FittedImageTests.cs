using CsCheck;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

/// <summary>Pictures of any size on their way to the deployed size and back.</summary>
public sealed class FittedImageTests
{
    private static readonly Gen<(int Height, int Width, int InputHeight, int InputWidth, ImageFit Fit)> Cases = Gen.Select(
        Gen.Int[1, 150],
        Gen.Int[1, 150],
        Gen.Int[1, 4].Select(times => 32 * times),
        Gen.Int[1, 4].Select(times => 32 * times),
        Gens.OneOf(Enum.GetValues<ImageFit>())
    );

    [Theory]
    // CamVid in configs/camvid-small.json, BDD100K in configs/bdd.json, and CamVid in configs/camvid-tiny.json.
    [InlineData(360, 480, 384, 480, ImageFit.Pad, 360, 480)]
    [InlineData(720, 1280, 736, 1280, ImageFit.Pad, 720, 1280)]
    [InlineData(360, 480, 192, 256, ImageFit.Resize, 192, 256)]
    [InlineData(360, 480, 192, 256, ImageFit.Pad, 192, 256)]
    [InlineData(360, 480, 384, 480, ImageFit.Resize, 384, 480)]
    [InlineData(360, 480, 384, 480, ImageFit.Crop, 384, 480)]
    [InlineData(100, 300, 64, 96, ImageFit.Pad, 32, 96)]
    [InlineData(300, 100, 64, 96, ImageFit.Pad, 64, 21)]
    [InlineData(10, 20, 64, 96, ImageFit.Pad, 48, 96)]
    [InlineData(10, 20, 64, 96, ImageFit.Own, 10, 20)]
    [InlineData(90, 200, 64, 64, ImageFit.Own, 28, 64)]
    public void So_many_pixels_are_seen(int height, int width, int inputHeight, int inputWidth, ImageFit fit, int rows, int columns)
    {
        var fitted = FittedImage.Of(height, width, inputHeight, inputWidth, fit);
        Assert.Equal(new ImagePadding(rows, columns, inputHeight, inputWidth), fitted.Padding);
        RgbImage seen = fitted.Take(new RgbImage(height, width));
        Assert.Equal((rows, columns), (seen.Height, seen.Width));
    }

    [Fact]
    public void Only_a_crop_cuts_off_and_it_keeps_the_middle()
    {
        var label = new LabelMap(100, 100, new byte[100 * 100]);
        foreach (ImageFit fit in Enum.GetValues<ImageFit>())
        {
            byte[] seen = FittedImage.Of(100, 100, 32, 64, fit).Seen(label).Classes;
            for (int i = 0; i < seen.Length; i++)
                Assert.Equal(fit != ImageFit.Crop || i / 100 is >= 25 and < 75 ? 0 : LabelMap.Ignore, seen[i]);
        }
    }

    [Fact]
    public void Whatever_the_sizes_the_network_sees_what_fits_and_each_seen_pixel_is_found_where_it_went() =>
        Cases.Sample(
            one =>
            {
                var fitted = FittedImage.Of(one.Height, one.Width, one.InputHeight, one.InputWidth, one.Fit);
                foreach (FittedSide side in new[] { fitted.Rows, fitted.Columns })
                {
                    Assert.InRange(side.Seen, 1, side.Input);
                    Assert.InRange(side.First + side.Seen, 1, side.Scaled);
                    double[] places = side.Places(side.Seen, side.Seen);
                    for (int pixel = 0; pixel < side.Picture; pixel++)
                    {
                        Assert.InRange(places[pixel], 0, side.Seen - 1);
                        // Half a pixel of the seen picture off at most, which only its rim is.
                        double back = (places[pixel] + 0.5 + side.First) * side.Picture / side.Scaled - 0.5;
                        if (side.Sees(pixel))
                            Assert.InRange(back - pixel, -0.5 * side.Picture / side.Scaled - 1e-9, 0.5 * side.Picture / side.Scaled + 1e-9);
                    }
                    Assert.True(one.Fit == ImageFit.Crop || Enumerable.Range(0, side.Picture).All(side.Sees));
                }
                Assert.True(
                    one.Fit is ImageFit.Own or ImageFit.Pad
                        || fitted.Padding is var all && (all.Height, all.Width) == (all.PaddedHeight, all.PaddedWidth)
                );
            },
            iter: 2000
        );

    /// <summary>A picture that shows its own label in blocks, whose sides the scale keeps whole.</summary>
    [Theory]
    [InlineData(64, 96, 128, 192, ImageFit.Resize), InlineData(64, 96, 32, 96, ImageFit.Resize), InlineData(64, 96, 32, 64, ImageFit.Pad)]
    [InlineData(64, 96, 64, 64, ImageFit.Crop), InlineData(64, 96, 64, 96, ImageFit.Pad), InlineData(64, 96, 32, 32, ImageFit.Own)]
    public void Picture_and_label_stay_together(int height, int width, int inputHeight, int inputWidth, ImageFit fit)
    {
        var image = new RgbImage(height, width);
        byte[] label = new byte[height * width];
        for (int i = 0; i < label.Length; i++)
        {
            label[i] = (byte)(i / width / 16 * 5 % 12 / 2 + i % width / 16 % 6);
            image.Pixels.AsSpan(i * 3, 3).Fill((byte)(label[i] * 20));
        }
        var fitted = FittedImage.Of(height, width, inputHeight, inputWidth, fit);
        RgbImage seen = fitted.Take(image);
        LabelMap labels = fitted.Take(new LabelMap(height, width, label));
        Assert.Equal((seen.Height, seen.Width), (labels.Height, labels.Width));
        int together = Enumerable.Range(0, labels.Classes.Length).Count(i => seen.Pixels[i * 3] == labels.Classes[i] * 20);
        // Where blocks meet, a picture's pixel is between two.
        Assert.InRange((double)together / labels.Classes.Length, 0.7, 1);
        Assert.True(labels.Classes.Distinct().Count() > 3);
    }

    [Fact]
    public void A_data_set_comes_to_the_deployed_size_once_and_is_kept_there_in_memory()
    {
        ListedSamples samples = ListedSamples.Random(3, 40, 48);
        SegmentationClass[] classes = [new("a", 0, 0, 0), new("b", 1, 1, 1)];
        var data = new SegmentationDataset("made", classes, new CachedSamples(samples), samples);
        FasterSegOptions options = TinySearch.Options();
        SegmentationDataset fitted = data.FittedTo(options);
        for (int again = 0; again < 3; again++)
        {
            Sample sample = fitted.Train.Load(1);
            Assert.Equal(("1", 64, 64), (sample.Name, sample.Image.Height, sample.Image.Width));
            Assert.Equal(sample.Label.Classes, fitted.Train.LoadLabel(1).Classes);
        }
        Assert.Equal([0, 1, 0], samples.Loads);
        Assert.Equal((40, 48), (data.Train.Load(0).Image.Height, data.Train.Load(0).Image.Width));
        Assert.Same(fitted, fitted.FittedTo(options));
        // As it is where a part of it was taken for another.
        SegmentationDataset part = fitted with { Train = samples };
        Assert.Same(part, part.FittedTo(options));
        options.Data.Fit = ImageFit.Own;
        Assert.Same(data, data.FittedTo(options));
    }
}
