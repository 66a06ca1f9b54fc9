using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class SyntheticDatasetTests
{
    private static readonly DataOptions Options = new()
    {
        SyntheticHeight = 96,
        SyntheticWidth = 192,
        SyntheticImages = 20,
    };

    [Fact]
    public void Twenty_scenes_show_every_class_and_nothing_else()
    {
        SegmentationDataset data = DatasetLocator.Open("synthetic", Options);
        Assert.Equal((20, 5), (data.Train.Count, data.Validation.Count));
        Assert.Contains("synthetic", data.Name, StringComparison.Ordinal);
        long[] pixels = new long[256];
        for (int i = 0; i < 20; i++)
        {
            foreach (byte label in data.Train.Load(i).Label.Classes)
                pixels[label]++;
        }
        Assert.All(Enumerable.Range(0, data.Classes.Count), c =>
            Assert.True(pixels[c] > 500, $"{data.Classes[c].Name}: {pixels[c]} pixels")
        );
        Assert.Equal(20L * 96 * 192, pixels[..data.Classes.Count].Sum());
    }

    [Fact]
    public void The_same_index_is_the_same_scene_and_others_differ()
    {
        SegmentationDataset one = DatasetLocator.Open("synthetic", Options),
            again = DatasetLocator.Open("synthetic", Options);
        Assert.Equal(one.Train.Load(3).Image.Pixels, again.Train.Load(3).Image.Pixels);
        Assert.Equal(one.Train.Load(3).Label.Classes, again.Train.Load(3).Label.Classes);
        Assert.NotEqual(one.Train.Load(3).Label.Classes, one.Train.Load(4).Label.Classes);
        Assert.NotEqual(one.Train.Load(3).Label.Classes, one.Validation.Load(3).Label.Classes);
    }

    /// <summary>A class that one colour gives away would be no task.</summary>
    [Fact]
    public void Colour_alone_does_not_tell_the_class()
    {
        ISampleSource scenes = DatasetLocator.Open("synthetic", Options).Train;
        var counts = new Dictionary<int, int[]>();
        for (int i = 0; i < scenes.Count; i++)
        {
            Sample sample = scenes.Load(i);
            for (int p = 0; p < sample.Label.Classes.Length; p++)
            {
                ReadOnlySpan<byte> pixel = sample.Image.Pixels.AsSpan(p * 3, 3);
                int colour = (pixel[0] >> 4) << 8 | (pixel[1] >> 4) << 4 | pixel[2] >> 4;
                if (!counts.TryGetValue(colour, out int[]? classes))
                    counts[colour] = classes = new int[10];
                classes[sample.Label.Classes[p]]++;
            }
        }
        double guessed = counts.Values.Sum(c => (double)c.Max()) / counts.Values.Sum(c => (double)c.Sum());
        Assert.InRange(guessed, 0.3, 0.8);
    }

    [Theory]
    [InlineData(32, 32)]
    [InlineData(33, 200)]
    [InlineData(200, 40)]
    public void Any_size_can_be_drawn(int height, int width)
    {
        Sample sample = DatasetLocator
            .Open("synthetic", new DataOptions { SyntheticHeight = height, SyntheticWidth = width })
            .Train.Load(0);
        Assert.Equal((height, width), (sample.Label.Height, sample.Label.Width));
        Assert.Equal(height * width * 3, sample.Image.Pixels.Length);
    }

    [Theory]
    [InlineData(16, 64, 4, "syntheticHeight is 16")]
    [InlineData(64, 5000, 4, "syntheticWidth is 5000")]
    [InlineData(64, 64, 0, "syntheticImages is 0")]
    public void Nonsense_in_the_configuration_is_named(int height, int width, int images, string expected)
    {
        var options = new DataOptions
        {
            SyntheticHeight = height,
            SyntheticWidth = width,
            SyntheticImages = images,
        };
        Assert.Contains(
            expected,
            Assert.Throws<UsageException>(() => DatasetLocator.Open("synthetic", options)).Message,
            StringComparison.Ordinal
        );
    }
}
