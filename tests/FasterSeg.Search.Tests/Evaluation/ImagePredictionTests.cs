using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
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
