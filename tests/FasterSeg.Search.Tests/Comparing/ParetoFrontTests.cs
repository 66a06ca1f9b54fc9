using CsCheck;
using FasterSeg.Search.Comparing;
using Xunit;

namespace FasterSeg.Search.Tests.Comparing;

public sealed class ParetoFrontTests
{
    // Few values, so that equal latencies, equal accuracies and equal points are common.
    private static readonly Gen<(int Id, double Latency, double Accuracy)[]> Points = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8])
        .Array[0, 12]
        .Select(pairs => pairs.Select((pair, id) => (id, pair.Item1 / 2.0, pair.Item2 / 8.0)).ToArray());

    [Fact]
    public void No_point_of_the_front_is_beaten_and_every_other_one_is_beaten_by_one_of_it() =>
        Points.Sample(
            points =>
            {
                var front = Front(points);
                Assert.DoesNotContain(front, point => points.Any(other => Beats(other, point)));
                Assert.All(points.Except(front), point => Assert.Contains(front, other => Beats(other, point)));
                Assert.Equal(points.Length > 0, front.Count > 0);
            },
            iter: 2000
        );

    [Fact]
    public void The_order_of_the_points_does_not_matter() =>
        Gen.Select(Points, Gen.Int)
            .Sample(
                (points, seed) =>
                {
                    var shuffled = points.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(Front(points), Front(shuffled).Order());
                },
                iter: 500
            );

    [Fact]
    public void A_point_that_is_beaten_changes_nothing_and_one_that_beats_all_is_alone() =>
        Points
            .Where(points => points.Length > 0)
            .Sample(
                points =>
                {
                    var (_, latency, accuracy) = points[0];
                    Assert.Equal(Front(points), Front([.. points, (99, latency + 1, accuracy)]));
                    Assert.Equal([(99, -1.0, 2.0)], Front([.. points, (99, -1, 2)]));
                },
                iter: 500
            );

    [Fact]
    public void Along_the_front_accuracy_grows_with_latency() =>
        Points.Sample(
            points =>
            {
                var distinct = Front(points).Select(point => (point.Latency, point.Accuracy)).Distinct().Order().ToArray();
                Assert.Equal(distinct.Select(point => point.Accuracy).Order(), distinct.Select(point => point.Accuracy));
                Assert.Equal(distinct.Length, distinct.Select(point => point.Latency).Distinct().Count());
            },
            iter: 500
        );

    private static IReadOnlyList<(int Id, double Latency, double Accuracy)> Front((int, double, double)[] points) =>
        ParetoFront.Of(points, point => point.Item2, point => point.Item3);

    private static bool Beats((int, double Latency, double Accuracy) a, (int, double Latency, double Accuracy) b) =>
        a != b && a.Latency <= b.Latency && a.Accuracy >= b.Accuracy && (a.Latency, a.Accuracy) != (b.Latency, b.Accuracy);
}
