using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class OperatorWorkTests
{
    private static readonly OperatorSpec Identity = new(OperatorKind.Skip, 8, 8, 4, 4),
        Reduction = new(OperatorKind.Skip, 8, 8, 4, 4, Stride: 2),
        Conv = new(OperatorKind.Conv, 8, 8, 4, 4);

    [Fact]
    public void Only_a_skip_of_stride_1_is_not_measured()
    {
        var work = OperatorWork.Of([Conv, Identity, Reduction]);
        Assert.Equal([Conv, Reduction], work.ToMeasure);
        Assert.Equal([new LatencyEntry(Identity, EntryOrigin.Defined, MedianMs: 0)], work.Defined);
    }

    [Fact]
    public void A_tables_work_has_every_operator_of_its_space_once()
    {
        var space = SearchSpace.Paper();
        var work = OperatorWork.Of(space);
        Assert.Equal(
            space.Operators(full: true).Order(Comparer<OperatorSpec>.Create(Compare)),
            work.ToMeasure.Concat(work.Defined.Select(entry => entry.Spec)).Order(Comparer<OperatorSpec>.Create(Compare))
        );

        static int Compare(OperatorSpec a, OperatorSpec b) => string.CompareOrdinal(a.ToString(), b.ToString());
    }
}
