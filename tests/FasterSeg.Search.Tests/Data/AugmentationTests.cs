using CsCheck;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class AugmentationTests
{
    [Fact]
    public void Without_scale_or_mirror_a_crop_is_a_piece_of_the_sample()
    {
        Sample sample = ListedSamples.Random(1).Load(0);
        var augmentation = new Augmentation([1], Mirror: false, DownSampling: 1, CropHeight: 32, CropWidth: 32);
        (float[] image, byte[] label) = Apply(augmentation, sample, 5);
        int matches = 0;
        for (int top = 0; top <= 8; top++)
        {
            for (int left = 0; left <= 16; left++)
                matches += IsAt(sample, image, label, top, left) ? 1 : 0;
        }
        Assert.Equal(1, matches);
    }

    /// <summary>Image and label must go through the same geometry: an image that shows its own label proves it.</summary>
    [Fact]
    public void Image_and_label_stay_together_under_mirror_and_padding() =>
        Gen.Select(Gen.Int, Gens.OneOf(0.5, 1.0), Gen.Int[1, 2], Gens.OneOf(1, 8))
            .Sample(
                (seed, scale, downSampling, stride) =>
                {
                    Sample sample = SelfShowing(height: 72, width: 88, block: 8);
                    var augmentation = new Augmentation([scale], true, downSampling, 64, 64, stride);
                    (float[] image, byte[] label) = Apply(augmentation, sample, seed);
                    int blocks = 64 / stride;
                    for (int i = 0; i < label.Length; i++)
                    {
                        float seen = image[i / blocks * stride * 64 + i % blocks * stride];
                        float expected = label[i] == LabelMap.Ignore ? 0 : Normalization.Normalize(label[i] * 20, 0);
                        Assert.Equal(expected, seen, 1e-4f);
                    }
                },
                iter: 200
            );

    [Fact]
    public void Mirroring_reverses_columns_of_image_and_label()
    {
        Sample sample = ListedSamples.Random(1, 32, 32).Load(0);
        var plain = new Augmentation([1], false, 1, 32, 32);
        (float[] image, byte[] label) = Apply(plain, sample, 0);
        int seed = Enumerable.Range(0, 50).First(s => !Apply(plain with { Mirror = true }, sample, s).Label.SequenceEqual(label));
        (float[] mirroredImage, byte[] mirroredLabel) = Apply(plain with { Mirror = true }, sample, seed);
        for (int i = 0; i < label.Length; i++)
        {
            int mirrored = i / 32 * 32 + 31 - i % 32;
            Assert.Equal(label[i], mirroredLabel[mirrored]);
            Assert.Equal(image[i], mirroredImage[mirrored]);
        }
    }

    [Fact]
    public void The_searchs_label_is_the_full_one_down_sampled()
    {
        Sample sample = ListedSamples.Random(1, 90, 100).Load(0);
        var full = new Augmentation([0.75, 1, 1.25], true, 1, 64, 96);
        for (int seed = 0; seed < 10; seed++)
        {
            LabelMap expected = new LabelMap(64, 96, Apply(full, sample, seed).Label).DownSample(8);
            Assert.Equal(expected.Classes, Apply(full with { LabelStride = 8 }, sample, seed).Label);
        }
    }

    [Fact]
    public void A_smaller_picture_is_centred_in_the_mean_colour_and_ignored_labels()
    {
        var sample = new Sample("white", new RgbImage(16, 16, [.. Enumerable.Repeat((byte)255, 768)]), new LabelMap(16, 16, new byte[256]));
        (float[] image, byte[] label) = Apply(new Augmentation([1], false, 1, 32, 32), sample, 3);
        for (int i = 0; i < label.Length; i++)
        {
            bool inside = i / 32 is >= 8 and < 24 && i % 32 is >= 8 and < 24;
            Assert.Equal(inside ? 0 : LabelMap.Ignore, label[i]);
            Assert.Equal(inside, image[i] != 0);
        }
    }

    private static (float[] Image, byte[] Label) Apply(Augmentation augmentation, Sample sample, int seed)
    {
        float[] image = new float[augmentation.ImageLength];
        byte[] label = new byte[augmentation.LabelLength];
        augmentation.Apply(sample, new StableRandom(seed), image, label);
        return (image, label);
    }

    private static bool IsAt(Sample sample, float[] image, byte[] label, int top, int left)
    {
        for (int i = 0; i < label.Length; i++)
        {
            (int row, int column) = (top + i / 32, left + i % 32);
            if (label[i] != sample.Label[row, column])
                return false;
            for (int channel = 0; channel < 3; channel++)
            {
                if (MathF.Abs(image[channel * 1024 + i] - Normalization.Normalize(sample.Image[row, column][channel], channel)) > 1e-5f)
                    return false;
            }
        }
        return true;
    }

    private static Sample SelfShowing(int height, int width, int block)
    {
        var image = new RgbImage(height, width);
        byte[] label = new byte[height * width];
        for (int i = 0; i < label.Length; i++)
        {
            label[i] = (byte)(i / width / block * 5 % 12 / 2 + i % width / block % 6);
            image.Pixels.AsSpan(i * 3, 3).Fill((byte)(label[i] * 20));
        }
        return new Sample("self-showing", image, new LabelMap(height, width, label));
    }
}
