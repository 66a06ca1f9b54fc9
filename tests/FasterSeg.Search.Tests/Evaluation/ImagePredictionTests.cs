using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Evaluation;

/// <summary>Whole images, windows, scales and mirrors.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class ImagePredictionTests : IDisposable
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    private readonly DerivedNetwork network;

    public ImagePredictionTests()
    {
        manual_seed(1);
        network = new DerivedNetwork(RandomArchitectures.Draw(Space, Role.Student, 4));
        network.eval();
    }

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData(64, 96, 96), InlineData(50, 61, 64)]
    public void A_window_as_large_as_the_padded_image_is_the_whole_image(int height, int width, int paddedWidth)
    {
        RgbImage image = Image(height, width);
        LabelMap plain = Predict(image, EvaluationMode.Plain);
        // Rounding may tip a pixel between two classes that are as likely.
        AssertNear(plain, Predict(image, new([1], false, 64, paddedWidth)), least: 0.99);
        Assert.True(plain.Classes.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("1", null), InlineData("0.5,1.5", null), InlineData("1", "32x64"), InlineData("0.75,1.25", "64x64")]
    public void With_mirrors_a_mirrored_image_has_the_mirrored_answer(string scales, string? window)
    {
        // Windows of a mirrored image lie elsewhere unless they lie evenly, as these do.
        RgbImage image = Image(64, 128);
        var mode = EvaluationMode.Parse(scales, mirror: true, window);
        LabelMap answer = Predict(image, mode),
            mirrored = Predict(Mirror(image), mode);
        AssertNear(Mirror(answer), mirrored, least: 0.98);
    }

    [Theory]
    [InlineData(ImageFit.Resize), InlineData(ImageFit.Pad), InlineData(ImageFit.Crop), InlineData(ImageFit.Own)]
    public void An_image_of_the_deployed_size_is_looked_at_as_it_is(ImageFit fit)
    {
        RgbImage image = Image(64, 96);
        Assert.Equal(Predict(image, EvaluationMode.Plain).Classes, Predict(image, EvaluationMode.Plain.At(64, 96, fit)).Classes);
    }

    /// <summary>Doubled and halved again it is the same image, whose answer is asked for at twice as many places.</summary>
    [Theory]
    [InlineData("1", null), InlineData("1", "32x32"), InlineData("0.5,1.5", null)]
    public void An_image_of_another_size_is_brought_to_the_deployed_one_and_its_answer_back(string scales, string? window)
    {
        RgbImage image = Image(64, 96);
        var doubled = new RgbImage(128, 192);
        for (int i = 0; i < 128 * 192; i++)
            image[i / 192 / 2, i % 192 / 2].CopyTo(doubled[i / 192, i % 192]);
        var mode = EvaluationMode.Parse(scales, mirror: false, window);
        LabelMap wanted = Predict(image, mode).Resize(128, 192);
        Assert.True(wanted.Classes.Distinct().Count() > 1);
        foreach (ImageFit fit in Enum.GetValues<ImageFit>())
            AssertNear(wanted, Predict(doubled, mode.At(64, 96, fit)), least: 0.9);
    }

    [Fact]
    public void What_is_padded_does_not_move_the_answer()
    {
        RgbImage image = Image(64, 96);
        // The network sees more around it, but the same picture in the same place.
        AssertNear(Predict(image, EvaluationMode.Plain), Predict(image, EvaluationMode.Plain.At(96, 96, ImageFit.Pad)), least: 0.6);
    }

    [Fact]
    public void What_is_cut_off_has_no_class_and_does_not_count()
    {
        RgbImage image = Image(64, 128);
        var mode = EvaluationMode.Plain.At(64, 64, ImageFit.Crop);
        LabelMap answer = Predict(image, mode);
        for (int i = 0; i < answer.Classes.Length; i++)
            Assert.Equal(i % 128 is >= 32 and < 96, answer.Classes[i] != LabelMap.Ignore);

        var label = new LabelMap(64, 128, [.. Enumerable.Repeat((byte)1, 64 * 128)]);
        var samples = new ListedSamples(new Sample("made", image, label));
        Assert.Equal(64 * 64, Evaluated(mode));
        Assert.Equal(64 * 128, Evaluated(EvaluationMode.Plain.At(64, 64, ImageFit.Pad)));
        Assert.Equal(64 * 128, Evaluated(EvaluationMode.Plain));
        var data = new SegmentationDataset("made", [new("a", 0, 0, 0), new("b", 1, 1, 1)], samples, samples);
        Assert.Equal(64 * 64, MajorityMap.Evaluate(data, "val", mode, TestContext.Current.CancellationToken).Total);

        long Evaluated(EvaluationMode look) =>
            NetworkEvaluation.Run(network, samples, look, CPU, new ListeningReporter(), TestContext.Current.CancellationToken).Total;
    }

    [Fact]
    public void A_mode_says_its_size()
    {
        FasterSegOptions options = TinySearch.Options();
        Assert.Equal("whole images at 64x64", EvaluationMode.Deployed(options).ToString());
        Assert.Equal("whole images at their own size", EvaluationMode.Plain.ToString());
        Assert.Equal(("own", "96x128", "64x64"), (Size("own"), Size("96x128"), Size(null)));
        Assert.Equal(
            "windows of 32x64 of images at 64x64, scales 0.5 1",
            EvaluationMode.Parse("0.5,1", mirror: false, "32x64").At(null, options).ToString()
        );
        foreach (string wrong in new[] { "", "96", "96x100", "96x", "0x32", "Own", "96x128x3", "-32x64", "99999968x32" })
            Assert.Contains(
                $"--size is '{wrong}': use rows x columns, multiples of 32 up to 16384, such as 512x1024 or own.",
                Assert.Throws<UsageException>(() => Size(wrong)).Message,
                StringComparison.Ordinal
            );

        string Size(string? size) => EvaluationMode.Plain.At(size, options).Size;
    }

    [Fact]
    public void Several_scales_are_not_one()
    {
        RgbImage image = Image(64, 128);
        LabelMap one = Predict(image, EvaluationMode.Plain),
            three = Predict(image, EvaluationMode.Parse("0.5,1,2", mirror: false, null));
        Assert.Equal((64, 128), (three.Height, three.Width));
        Assert.NotEqual(one.Classes, three.Classes);
    }

    [Theory]
    [InlineData(100, 40), InlineData(41, 40), InlineData(40, 40), InlineData(30, 40), InlineData(2048, 1024), InlineData(1024, 769)]
    public void Windows_cover_a_side_and_share_a_third_at_least(int length, int window)
    {
        IReadOnlyList<int> starts = EvaluationMode.Starts(length, window);
        Assert.Equal(0, starts[0]);
        Assert.Equal(Math.Max(0, length - window), starts[^1]);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, (int)Math.Ceiling(window * 2 / 3.0)));
    }

    [Theory]
    [InlineData("0,1", null, "--scales is '0,1'")]
    [InlineData("1", "512", "--window is '512'")]
    [InlineData("1", "500x1000", "multiples of 32")]
    public void Wrong_modes_are_wrong_usage(string scales, string? window, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<UsageException>(() => EvaluationMode.Parse(scales, false, window)).Message,
            StringComparison.Ordinal
        );

    private LabelMap Predict(RgbImage image, EvaluationMode mode) => ImagePrediction.Of(network, image, mode, CPU);

    private static void AssertNear(LabelMap wanted, LabelMap found, double least)
    {
        Assert.Equal((wanted.Height, wanted.Width), (found.Height, found.Width));
        Assert.InRange(wanted.Classes.Zip(found.Classes).Average(pair => pair.First == pair.Second ? 1.0 : 0), least, 1);
    }

    private static RgbImage Image(int height, int width)
    {
        var random = new StableRandom(5);
        // Blocks, so that neighbouring pixels have something to do with one another.
        byte[] colours = [.. Enumerable.Range(0, 1000).Select(_ => (byte)random.Next(256))];
        var image = new RgbImage(height, width);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = colours[((i / 3 / width / 16 * 31) + (i / 3 % width / 16 * 3) + (i % 3)) % 1000];
        return image;
    }

    private static RgbImage Mirror(RgbImage image)
    {
        var mirrored = new RgbImage(image.Height, image.Width);
        for (int r = 0; r < image.Height; r++)
        {
            for (int c = 0; c < image.Width; c++)
                image[r, c].CopyTo(mirrored[r, image.Width - 1 - c]);
        }
        return mirrored;
    }

    private static LabelMap Mirror(LabelMap label) =>
        label with
        {
            Classes =
            [
                .. Enumerable.Range(0, label.Classes.Length).Select(i => label[i / label.Width, label.Width - 1 - (i % label.Width)]),
            ],
        };
}
