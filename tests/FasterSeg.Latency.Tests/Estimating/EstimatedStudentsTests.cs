using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Estimating;

/// <summary>Networks as two tables estimate them.</summary>
public sealed class EstimatedStudentsTests
{
    private static readonly SearchSpace Space = TinySpace.Space;
    private static readonly LatencyTable Table = TinySpace.Table(Space);

    [Fact]
    public void Tables_that_differ_by_a_factor_order_networks_alike()
    {
        var students = EstimatedStudents.Draw(Table, Changed(_ => 4), Space, 60, 1);
        Assert.InRange(students.First.Count, 40, 60);
        foreach (var (first, second) in students.First.Zip(students.Second))
            Assert.Equal(4 * first, second);
        Assert.Equal((1.0, 1.0, 0), (students.Ranks().Spearman!.Value, students.Ranks().Kendall!.Value, students.LeftOut));
        (int pairs, int flipped) = students.NearPairs();
        Assert.InRange(pairs, 10, students.First.Count * (students.First.Count - 1) / 2);
        Assert.Equal(0, flipped);
    }

    [Fact]
    public void Near_pairs_in_another_order_are_counted_and_others_are_not()
    {
        // 10 and 11 are near and turned round, 11 and 13 are near and not; 10 and 13 are turned round and not near.
        Assert.Equal((2, 1), new EstimatedStudents([3, 1, 2], [10, 11, 13], 0).NearPairs());
        Assert.Equal((1, 0), new EstimatedStudents([1, 1], [10, 11], 0).NearPairs());
    }

    [Fact]
    public void A_table_in_which_one_operator_is_slower_orders_networks_otherwise()
    {
        var students = EstimatedStudents.Draw(Table, Changed(spec => spec.Kind == OperatorKind.ZoomedConv ? 9 : 1), Space, 60, 1);
        Assert.InRange(students.Ranks().Kendall!.Value, -1, 0.95);
        Assert.InRange(students.NearPairs().Flipped, 1, int.MaxValue);
        Assert.Equal(students.First, EstimatedStudents.Draw(Table, Table, Space, 60, 1).First);
        Assert.NotEqual(students.First, EstimatedStudents.Draw(Table, Table, Space, 60, 2).First);
    }

    [Fact]
    public void Networks_that_need_what_a_table_lacks_are_left_out_and_counted()
    {
        var whole = EstimatedStudents.Draw(Table, Table, Space, 60, 1);
        LatencyTable lacking = new(
            Table.Identity,
            Space,
            Table.Entries.Where(entry => entry.Spec is not { Kind: OperatorKind.Conv, Stride: 1 }),
            Table.Created
        );
        foreach (
            var students in new[]
            {
                EstimatedStudents.Draw(Table, lacking, Space, 60, 1),
                EstimatedStudents.Draw(lacking, Table, Space, 60, 1),
            }
        )
        {
            Assert.InRange(students.LeftOut, 1, whole.First.Count - 1);
            Assert.Equal(whole.First.Count, students.First.Count + students.LeftOut);
            Assert.Subset(whole.First.ToHashSet(), students.First.ToHashSet());
        }
    }

    [Fact]
    public void Parts_that_one_table_counts_as_free_are_left_out_for_both()
    {
        LatencyTable imported = new(
            Table.Identity,
            Space,
            Table
                .Entries.Where(entry => entry.Spec.Kind is not (OperatorKind.Upsample or OperatorKind.Concat))
                .Select(entry => entry with { Origin = EntryOrigin.Imported }),
            Table.Created
        );
        var students = EstimatedStudents.Draw(Table, imported, Space, 30, 1);
        Assert.NotEmpty(students.First);
        foreach (var (first, second) in students.First.Zip(students.Second))
            Assert.Equal(first, second, 1e-12);
    }

    private static LatencyTable Changed(Func<OperatorSpec, double> factor) =>
        new(
            Table.Identity,
            Space,
            Table.Entries.Select(entry => entry with { MedianMs = entry.MedianMs * factor(entry.Spec) }),
            Table.Created
        );
}
