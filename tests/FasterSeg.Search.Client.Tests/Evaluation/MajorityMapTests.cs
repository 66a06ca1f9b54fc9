using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Evaluation;
using FasterSeg.Search.Client.Tests.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Evaluation;

public sealed class MajorityMapTests
{
    [Fact]
    public void EachPositionGetsItsMostFrequentClass()
    {
        // Columns: a clear majority; a tie, to the lower class; one vote beside an ignored pixel; ignored always.
        ListedSamples samples = new(Labelled(2, 1, 255, 255), Labelled(2, 2, 1, 255), Labelled(0, 255, 255, 255));
        MajorityMap map = MajorityMap.Learn(samples, 3, 1, 4, TestContext.Current.CancellationToken);
        Assert.Equal([2, 1, 1, 2], map.Predict(1, 4).Classes);
        Assert.Equal([2, 2, 1, 1, 1, 1, 2, 2], map.Predict(1, 8).Classes);
    }

    [Fact]
    public void TheMapIsTriedOnTheValidationLabels()
    {
        var data = new SegmentationDataset("two", [new("a", 0, 0, 0), new("b", 1, 1, 1)], new ListedSamples(Labelled(0, 1)), new ListedSamples(Labelled(0, 0), Labelled(1, 1)));
        ConfusionMatrix confusion = MajorityMap.Evaluate(data, "val", TestContext.Current.CancellationToken);
        Assert.Equal(0.5, confusion.PixelAccuracy);
        Assert.Equal(1 / 3.0, confusion.MeanIou, 12);
    }

    /// <summary>
    /// On CamVid the baseline knows sky, road and buildings by their place and no small thing at all: the numbers are those of
    /// an independent computation (a Python script that decodes and counts on its own).
    /// </summary>
    [Fact]
    public void OnCamVidItKnowsOnlyWhereThingsUsuallyAre()
    {
        SegmentationDataset data = DatasetLocator.Open("camvid:" + SharedFolder.CamVid(), new DataOptions());
        ConfusionMatrix confusion = MajorityMap.Evaluate(data, "val", TestContext.Current.CancellationToken);
        Assert.Equal(0.16693659701969632, confusion.MeanIou, 12);
        Assert.Equal(0.590344255778997, confusion.PixelAccuracy, 12);
    }

    private static Sample Labelled(params byte[] label) => new("made up", new RgbImage(1, label.Length), new LabelMap(1, label.Length, label));
}
