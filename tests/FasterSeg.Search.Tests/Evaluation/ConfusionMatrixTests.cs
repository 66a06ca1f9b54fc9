using CsCheck;
using FasterSeg.Search.Evaluation;
using Xunit;

namespace FasterSeg.Search.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void A_hand_computed_case()
    {
        var confusion = new ConfusionMatrix(4);
        //            right  right  wrong  wrong  ignored right
        confusion.Add([0, 0, 1, 2, 3, 1], [0, 0, 0, 1, 255, 1]);
        Assert.Equal(2 / 3.0, confusion.Iou(0), 12); // 2 of labelled {0, 1, 2} and predicted {0, 1}
        Assert.Equal(1 / 3.0, confusion.Iou(1), 12); // 1 of labelled {3, 5} and predicted {2, 5}
        Assert.Equal(0, confusion.Iou(2)); // only predicted, wrongly: counts as 0
        Assert.True(double.IsNaN(confusion.Iou(3))); // nowhere, as its only prediction is ignored
        Assert.Equal((2 / 3.0 + 1 / 3.0 + 0) / 3, confusion.MeanIou, 12);
        Assert.Equal(3 / 5.0, confusion.PixelAccuracy, 12);
        Assert.Equal(5, confusion.Total);
        Assert.Equal(1, confusion[0, 1]);
    }

    [Fact]
    public void Nothing_counted_is_no_number_and_not_zero()
    {
        var confusion = new ConfusionMatrix(2);
        confusion.Add([0, 1], [255, 255]);
        Assert.Equal((double.NaN, double.NaN, 0L), (confusion.MeanIou, confusion.PixelAccuracy, confusion.Total));
    }

    [Fact]
    public void Merging_equals_counting_together() =>
        Gen.Select(Gen.Byte[0, 4].Array[40], Gen.OneOf(Gen.Byte[0, 4], Gen.Const((byte)255)).Array[40], Gen.Int[0, 40])
            .Sample(
                (predictions, labels, cut) =>
                {
                    ConfusionMatrix whole = new(5),
                        first = new(5),
                        second = new(5);
                    whole.Add(predictions, labels);
                    first.Add(predictions.AsSpan(0, cut), labels.AsSpan(0, cut));
                    second.Add(predictions.AsSpan(cut), labels.AsSpan(cut));
                    first.Merge(second);
                    for (int i = 0; i < 25; i++)
                        Assert.Equal(whole[i / 5, i % 5], first[i / 5, i % 5]);
                    Assert.Equal(whole.MeanIou, first.MeanIou);
                }
            );

    [Fact]
    public void What_is_no_class_is_refused_and_not_counted()
    {
        var confusion = new ConfusionMatrix(2);
        Assert.Throws<ArgumentException>(() => confusion.Add([0, 2], [0, 0]));
        Assert.Throws<ArgumentException>(() => confusion.Add([0, 0], [0, 2]));
        Assert.Throws<ArgumentException>(() => confusion.Add([0], [0, 0]));
        Assert.Throws<ArgumentException>(() => confusion.Merge(new ConfusionMatrix(3)));
        Assert.Equal(0, confusion.Total);
    }
}
