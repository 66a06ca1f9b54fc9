using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using Xunit;

namespace FasterSeg.Search.Tests.Evaluation;

public sealed class MajorityMapTests
{
    [Fact]
    public void Each_position_gets_its_most_frequent_class()
    {
        // Columns: a clear majority; a tie, to the lower class; one vote beside an ignored pixel; ignored always.
        ListedSamples samples = new(Labelled(2, 1, 255, 255), Labelled(2, 2, 1, 255), Labelled(0, 255, 255, 255));
        MajorityMap map = MajorityMap.Learn(samples, 3, 1, 4, TestContext.Current.CancellationToken);
        Assert.Equal([2, 1, 1, 2], map.Predict(1, 4).Classes);
        Assert.Equal([2, 2, 1, 1, 1, 1, 2, 2], map.Predict(1, 8).Classes);
    }

    [Fact]
    public void The_map_is_tried_on_the_validation_labels()
    {
        var data = new SegmentationDataset(
            "two",
            [new("a", 0, 0, 0), new("b", 1, 1, 1)],
            new ListedSamples(Labelled(0, 1)),
            new ListedSamples(Labelled(0, 0), Labelled(1, 1))
        );
        ConfusionMatrix confusion = MajorityMap.Evaluate(data, "val", EvaluationMode.Plain, TestContext.Current.CancellationToken);
        Assert.Equal(0.5, confusion.PixelAccuracy);
        Assert.Equal(1 / 3.0, confusion.MeanIou, 12);
    }

    /// <summary>
    /// On CamVid the baseline knows sky, road and buildings by their place and no small thing at all: the numbers are those of
    /// an independent computation (a Python script that decodes and counts on its own).
    /// </summary>
    [Fact]
    public void On_cam_vid_it_knows_only_where_things_usually_are()
    {
        SegmentationDataset data = DatasetLocator.Open("camvid:" + SharedFolder.CamVid(), new DataOptions());
        ConfusionMatrix confusion = MajorityMap.Evaluate(data, "val", EvaluationMode.Plain, TestContext.Current.CancellationToken);
        Assert.Equal(0.16693659701969632, confusion.MeanIou, 12);
        Assert.Equal(0.590344255778997, confusion.PixelAccuracy, 12);
    }

    /// <summary>A counter for each of 12 million positions and 255 classes is more than an array can have.</summary>
    [Theory]
    [InlineData(3000, 4000, 255)]
    [InlineData(2160, 3840, 19)]
    [InlineData(1, 1 << 30, 2)]
    [InlineData(1 << 30, 1, 2)]
    public void A_large_map_is_learned_at_a_size_that_fits_memory(int height, int width, int classes)
    {
        (int rows, int columns) = MajorityMap.Bounded(height, width, MajorityMap.MostCounters / classes);
        Assert.InRange((long)rows * columns * classes, MajorityMap.MostCounters / 2, MajorityMap.MostCounters);
        if (height > 1 && width > 1)
            Assert.InRange((double)rows / columns / ((double)height / width), 0.99, 1.01);
    }

    [Theory]
    [InlineData(1024, 2048, 19)]
    [InlineData(360, 480, 11)]
    public void The_sizes_of_street_scenes_are_learned_as_they_are(int height, int width, int classes) =>
        Assert.Equal((height, width), MajorityMap.Bounded(height, width, MajorityMap.MostCounters / classes));

    /// <summary>With 255 classes this took 12 GB, or failed.</summary>
    [Fact]
    public void A_map_of_many_classes_on_a_large_image_is_still_right()
    {
        const int Height = 1100,
            Width = 1300,
            Classes = 255;
        byte[] label = new byte[Height * Width];
        for (int i = 0; i < label.Length; i++)
            label[i] = (byte)(i / Width < Height / 2 ? 7 : 250);
        ListedSamples samples = new(new Sample("large", new RgbImage(1, 1), new LabelMap(Height, Width, label)));
        LabelMap answer = MajorityMap.Learn(samples, Classes, Height, Width, TestContext.Current.CancellationToken).Predict(Height, Width);
        Assert.Equal((7, 250), (answer[0, 0], answer[Height - 1, Width - 1]));
        Assert.InRange(answer.Classes.Zip(label).Count(pair => pair.First != pair.Second), 0, 4 * Width);
    }

    [Fact]
    public void Without_a_training_pixel_that_counts_there_is_no_map()
    {
        var data = new SegmentationDataset(
            "two",
            [new("a", 0, 0, 0), new("b", 1, 1, 1)],
            new ListedSamples(Labelled(255, 255)),
            new ListedSamples(Labelled(0, 0))
        );
        Assert.True(double.IsNaN(MajorityMap.Evaluate(data, "val", EvaluationMode.Plain, TestContext.Current.CancellationToken).MeanIou));
    }

    private static Sample Labelled(params byte[] label) =>
        new("made up", new RgbImage(1, label.Length), new LabelMap(1, label.Length, label));
}
