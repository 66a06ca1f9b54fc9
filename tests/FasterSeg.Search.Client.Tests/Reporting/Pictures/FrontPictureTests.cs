using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Data;
using FasterSeg.Search.OneShot;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting.Pictures;

/// <summary>What of a front its picture shows.</summary>
public sealed class FrontPictureTests
{
    // Below the title and the line under it, in pixels.
    private const int Chart = 130;

    private static readonly ScoredPoint[] Ordinary = [.. Enumerable.Range(0, 40).Select(i => new ScoredPoint(10 + i, 1.5 - (0.01 * i)))];

    [Fact]
    public void A_network_that_shared_weights_spoil_is_counted_and_moves_no_other()
    {
        RgbImage without = Draw(Ordinary),
            with = Draw([.. Ordinary, new(20, 90), new(200, 90)]);
        Assert.Equal(Below(without), Below(with));
        Assert.NotEqual(without.Pixels, with.Pixels);
    }

    [Fact]
    public void A_network_of_the_front_is_shown_whatever_its_loss_is()
    {
        ScoredPoint fast = new(1, 90);
        RgbImage with = Draw([.. Ordinary, fast], fast);
        Assert.NotEqual(Below(Draw(Ordinary)), Below(with));
    }

    [Fact]
    public void Networks_of_one_loss_and_a_single_one_are_drawn()
    {
        Draw([new(1, 2)], new ScoredPoint(1, 2));
        Draw([.. Ordinary.Select(one => one with { SupernetLoss = 1 })]);
    }

    private static byte[] Below(RgbImage picture) => picture.Pixels[(3 * Chart * picture.Width)..];

    private static RgbImage Draw(ScoredPoint[] scored, params ScoredPoint[] more) =>
        FrontPicture.Draw(
            new KeptFront(
                [
                    .. more.Append(scored.MinBy(one => one.SupernetLoss)!)
                        .Select((one, i) => new FrontPoint($"front-{i}.json", "32+8", one.EstimateMs, one.SupernetLoss, 0.1)),
                ],
                scored
            ),
            device: null
        );
}
