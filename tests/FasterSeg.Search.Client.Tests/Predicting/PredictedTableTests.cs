using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Search.Client.Predicting;
using FasterSeg.Search.Client.Tests.Searching;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Predicting;

/// <summary>A table of which a share is measured.</summary>
public sealed class PredictedTableTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();
    private static readonly LatencyTable Truth = TinySearch.Table(Space);
    private static readonly OperatorSpec[] Specs = [.. Space.Operators()];

    private static LatencyEntry Entry(OperatorSpec spec) => Truth.Entries.Single(entry => entry.Spec == spec);

    [Theory]
    [InlineData(0.2), InlineData(0.5), InlineData(1.0), InlineData(0.0001)]
    public async Task So_many_are_measured_once_each_and_the_others_predicted(double share)
    {
        var asked = new List<OperatorSpec>();
        PredictedTable.Result result = await PredictedTable.BuildAsync(Specs, share, 1, next =>
        {
            asked.AddRange(next);
            return Task.FromResult<IReadOnlyList<LatencyEntry>>([.. next.Select(Entry)]);
        });
        int all = Specs.Count(spec => !spec.IsZeroByDefinition), budget = Math.Max(2, (int)Math.Ceiling(share * all));
        Assert.Equal(budget, asked.Count);
        Assert.Equal(budget, asked.Distinct().Count());
        Assert.Equal(Specs, result.Entries.Select(entry => entry.Spec));
        foreach (LatencyEntry entry in result.Entries)
        {
            EntryOrigin expected = entry.Spec.IsZeroByDefinition ? EntryOrigin.Defined : asked.Contains(entry.Spec) ? EntryOrigin.Measured : EntryOrigin.Predicted;
            Assert.Equal(expected, entry.Origin);
        }
        Assert.Equal(share < 1 ? budget : 0, result.Errors.Count);
        // The made-up latencies are a power law of the work and an offset of each kind.
        if (share < 0.2) return;
        double[] off = [.. result.Entries.Where(entry => entry.Origin == EntryOrigin.Predicted).Select(entry => Math.Abs((entry.MedianMs / Truth[entry.Spec]) - 1)).Order()];
        if (off.Length > 0) Assert.InRange(off[off.Length / 2], 0, 0.05);
    }

    [Fact]
    public async Task An_operator_that_cannot_be_measured_is_predicted_from_none_and_stays_failed()
    {
        OperatorSpec broken = Specs.First(spec => spec is { Kind: OperatorKind.Conv2x, Stride: 1 });
        PredictedTable.Result result = await PredictedTable.BuildAsync(Specs, 0.6, 1, next =>
            Task.FromResult<IReadOnlyList<LatencyEntry>>([.. next.Select(spec => spec.Kind == broken.Kind ? LatencyEntry.Failed(spec, "It crashed.") : Entry(spec))]));
        Assert.Contains(result.Entries, entry => entry.Failure is not null);
        Assert.All(result.Entries.Where(entry => entry.Failure is not null), entry => Assert.Equal(broken.Kind, entry.Spec.Kind));
    }

    [Fact]
    public void A_prediction_keeps_its_mark_and_its_bounds_in_a_file()
    {
        LatencyEntry entry = new(Specs.First(spec => !spec.IsZeroByDefinition), EntryOrigin.Predicted, 0.5, Bounds: new(0.4, 0.6));
        var table = new LatencyTable(Truth.Identity, Space, [entry], DateTimeOffset.UnixEpoch);
        LatencyTable back = LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "here");
        Assert.Equal(entry, Assert.Single(back.Entries));
    }

    [Theory]
    [InlineData(0.7, "is not within its bounds"), InlineData(0.3, "is not within its bounds")]
    public void A_prediction_outside_of_its_bounds_is_refused(double median, string expected)
    {
        LatencyEntry entry = new(Specs.First(spec => !spec.IsZeroByDefinition), EntryOrigin.Predicted, median, Bounds: new(0.4, 0.6));
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(new(Truth.Identity, Space, [entry], DateTimeOffset.UnixEpoch))).Message, StringComparison.Ordinal);
        LatencyEntry bare = entry with { Bounds = null }, measured = entry with { Origin = EntryOrigin.Measured };
        Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(new(Truth.Identity, Space, [bare], DateTimeOffset.UnixEpoch)));
        Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(new(Truth.Identity, Space, [measured], DateTimeOffset.UnixEpoch)));
    }
}
