using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Latency.Tests.Predicting;

/// <summary>A table of which a share is measured.</summary>
public sealed class PredictedTableTests
{
    private static readonly SearchSpace Space = TinySpace.Space;
    private static readonly LatencyTable Truth = TinySpace.Table(Space);
    private static readonly OperatorSpec[] Specs = [.. Space.Operators()];

    private static LatencyTable With(Func<OperatorSpec, double> ms) =>
        new(
            Truth.Identity,
            Space,
            Truth.Entries.Select(entry => entry.Spec.IsZeroByDefinition ? entry : entry with { MedianMs = ms(entry.Spec) }),
            Truth.Created
        );

    /// <summary>A number in [0, 1) that follows from the operator, and from nothing that is known of it.</summary>
    private static double Unruly(OperatorSpec spec) => new StableRandom([.. spec.ToString().Select(letter => (int)letter)]).NextDouble();

    private static LatencyEntry Entry(OperatorSpec spec) => Truth.Entries.Single(entry => entry.Spec == spec);

    [Theory]
    [InlineData(0.2), InlineData(0.5), InlineData(1.0), InlineData(0.0001), InlineData(2), InlineData(31), InlineData(100_000)]
    public async Task So_many_are_measured_once_each_and_the_others_predicted(double budget)
    {
        var asked = new List<OperatorSpec>();
        PredictedTable.Result result = await PredictedTable.BuildAsync(Specs, budget, 1, next =>
        {
            asked.AddRange(next);
            return Task.FromResult<IReadOnlyList<LatencyEntry>>([.. next.Select(Entry)]);
        });
        int all = Specs.Count(spec => !spec.IsZeroByDefinition),
            count = budget <= 1 ? Math.Max(2, (int)Math.Ceiling(budget * all)) : Math.Min(all, (int)budget);
        Assert.Equal(count, asked.Count);
        Assert.Equal(count, asked.Distinct().Count());
        Assert.Equal(Specs, result.Entries.Select(entry => entry.Spec));
        foreach (LatencyEntry entry in result.Entries)
        {
            EntryOrigin expected =
                entry.Spec.IsZeroByDefinition ? EntryOrigin.Defined
                : asked.Contains(entry.Spec) ? EntryOrigin.Measured
                : EntryOrigin.Predicted;
            Assert.Equal(expected, entry.Origin);
        }
        Assert.Equal(count < all ? count : 0, result.Errors.Count);
        // The made-up latencies are a power law of the work and an offset of each kind.
        if (count < 0.2 * all)
            return;
        double[] off =
        [
            .. result
                .Entries.Where(entry => entry.Origin == EntryOrigin.Predicted)
                .Select(entry => Math.Abs((entry.MedianMs / Truth[entry.Spec]) - 1))
                .Order(),
        ];
        if (off.Length > 0)
            Assert.InRange(off[off.Length / 2], 0, 0.05);
    }

    [Fact]
    public async Task An_operator_that_cannot_be_measured_is_predicted_from_none_and_stays_failed()
    {
        OperatorSpec broken = Specs.First(spec => spec is { Kind: OperatorKind.Conv2x, Stride: 1 });
        PredictedTable.Result result = await PredictedTable.BuildAsync(Specs, 0.6, 1, next =>
            Task.FromResult<IReadOnlyList<LatencyEntry>>([
                .. next.Select(spec => spec.Kind == broken.Kind ? LatencyEntry.Failed(spec, "It crashed.") : Entry(spec)),
            ])
        );
        Assert.Contains(result.Entries, entry => entry.Failure is not null);
        Assert.All(result.Entries.Where(entry => entry.Failure is not null), entry => Assert.Equal(broken.Kind, entry.Spec.Kind));
    }

    [Fact]
    public async Task Another_devices_table_makes_a_dozen_measurements_enough()
    {
        // Operators of the known device differ without a rule, and the new one's are a power of theirs; zoomed_conv is slower there.
        LatencyTable old = With(spec => Truth[spec] * (0.5 + Unruly(spec)));
        double New(OperatorSpec spec) => 3 * Math.Pow(old[spec], 0.9) * (spec.Kind == OperatorKind.ZoomedConv ? 1.5 : 1);
        PredictedTable.Result with = await Build(KnownTable.Of(old)),
            alone = await Build(null);

        Assert.InRange(Off(with)[Off(with).Length / 2], 0, 0.03);
        Assert.InRange(Off(with)[^1], 0, 0.12);
        Assert.InRange(Off(alone)[Off(alone).Length / 2], 0.1, double.PositiveInfinity);
        Assert.Equal(12, with.Errors.Count);
        LatencyEntry[] predicted = [.. with.Entries.Where(entry => entry.Origin == EntryOrigin.Predicted)];
        Assert.InRange(
            predicted.Average(entry => entry.Bounds!.LowMs <= New(entry.Spec) && New(entry.Spec) <= entry.Bounds.HighMs ? 1.0 : 0),
            0.9,
            1
        );

        Task<PredictedTable.Result> Build(KnownTable? known) =>
            PredictedTable.BuildAsync(
                Specs,
                12,
                1,
                next =>
                    Task.FromResult<IReadOnlyList<LatencyEntry>>([
                        .. next.Select(spec => new LatencyEntry(spec, EntryOrigin.Measured, New(spec))),
                    ]),
                known
            );
        double[] Off(PredictedTable.Result result) =>
            [
                .. result
                    .Entries.Where(entry => entry.Origin == EntryOrigin.Predicted)
                    .Select(entry => Math.Abs((entry.MedianMs / New(entry.Spec)) - 1))
                    .Order(),
            ];
    }

    [Fact]
    public async Task Accidents_of_another_devices_table_are_not_taken_over()
    {
        LatencyTable old = With(spec => Truth[spec] * (0.7 + (0.6 * Unruly(spec))));
        PredictedTable.Result result = await PredictedTable.BuildAsync(
            Specs,
            40,
            1,
            next => Task.FromResult<IReadOnlyList<LatencyEntry>>([.. next.Select(Entry)]),
            KnownTable.Of(old)
        );
        double[] off =
        [
            .. result
                .Entries.Where(entry => entry.Origin == EntryOrigin.Predicted)
                .Select(entry => Math.Abs((entry.MedianMs / Truth[entry.Spec]) - 1))
                .Order(),
        ];
        double[] accidents =
        [
            .. Specs.Where(spec => !spec.IsZeroByDefinition).Select(spec => Math.Abs((old[spec] / Truth[spec]) - 1)).Order(),
        ];
        Assert.InRange(off[off.Length / 2], 0, accidents[accidents.Length / 2] / 4);
    }

    [Fact]
    public void A_latency_of_a_known_table_is_what_is_plausible_and_what_is_odd_in_it()
    {
        OperatorSpec[] real = [.. Specs.Where(spec => !spec.IsZeroByDefinition)];
        LatencyTable accidents = With(spec => Truth[spec] * (0.8 + (0.4 * Unruly(spec))));
        KnownTable known = KnownTable.Of(accidents),
            smooth = KnownTable.Of(Truth);
        foreach (OperatorSpec spec in real)
        {
            (double plausible, double odd) = known.Find(spec)!.Value;
            Assert.Equal(Math.Log(accidents[spec]), plausible + odd, 1e-9);
            // The made-up latencies follow a rule.
            Assert.InRange(smooth.Find(spec)!.Value.Odd, -0.02, 0.02);
        }
        Assert.InRange(
            Correlation.Pearson(
                real.Select(spec => known.Find(spec)!.Value.Odd),
                real.Select(spec => Math.Log(accidents[spec] / Truth[spec]))
            ),
            0.8,
            1
        );
        Assert.Null(known.Find(Specs.First(spec => spec.IsZeroByDefinition)));
        Assert.Null(known.Find(real[0] with { Height = 999 }));
    }

    [Fact]
    public async Task What_the_other_table_lacks_is_measured_first_and_predicted_never()
    {
        OperatorSpec[] lacking = [.. Specs.Where(spec => !spec.IsZeroByDefinition).Where((_, i) => i % 40 == 3)];
        LatencyEntry broken = LatencyEntry.Failed(lacking[0], "It crashed.");
        LatencyTable old = new(
            Truth.Identity,
            Space,
            [.. Truth.Entries.Where(entry => !lacking.Contains(entry.Spec)), broken],
            Truth.Created
        );
        List<IReadOnlyList<OperatorSpec>> rounds = [];
        PredictedTable.Result result = await PredictedTable.BuildAsync(
            Specs,
            20,
            1,
            next =>
            {
                rounds.Add(next);
                return Task.FromResult<IReadOnlyList<LatencyEntry>>([
                    .. next.Select(spec => spec == lacking[1] ? LatencyEntry.Failed(spec, "It hung.") : Entry(spec)),
                ]);
            },
            KnownTable.Of(old)
        );
        Assert.True(lacking.Length is > 2 and < 10);
        Assert.Equal(lacking, rounds[0].Take(lacking.Length));
        Assert.Equal(20, rounds.SelectMany(round => round).Distinct().Count());
        Assert.All(result.Entries.Where(entry => lacking.Contains(entry.Spec)), entry =>
            Assert.Equal(entry.Spec == lacking[1] ? "It hung." : null, entry.Failure)
        );
        // Nothing is learned from those, so none of them is predicted from the others either.
        Assert.Equal(20 - lacking.Length, result.Errors.Count);
        Assert.Equal(Specs, result.Entries.Select(entry => entry.Spec));
    }

    [Fact]
    public void A_table_that_lacks_more_than_half_of_the_budget_is_refused_with_its_space()
    {
        OperatorSpec[] real = [.. Space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition)];
        Assert.NotNull(KnownTable.For(Lacking(6, Space), Space, 12, "old.json"));
        string message = Assert.Throws<UserErrorException>(() => KnownTable.For(Lacking(7, Space), Space, 12, "old.json")).Message;
        Assert.Contains(
            $"old.json lacks 7 of the {real.Length} operators of the space {Space}, '{real[0]}' for one.",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("half of the budget, 6:", message, StringComparison.Ordinal);
        Assert.DoesNotContain("It was made for", message, StringComparison.Ordinal);
        SearchSpace other = Space with { Layers = 5 };
        Assert.Contains(
            $"It was made for {other}.",
            Assert.Throws<UserErrorException>(() => KnownTable.For(Lacking(7, other), Space, 12, "old.json")).Message,
            StringComparison.Ordinal
        );

        LatencyTable Lacking(int count, SearchSpace space) =>
            new(Truth.Identity, space, real.Skip(count).Select(spec => new LatencyEntry(spec, EntryOrigin.Measured, 1)), Truth.Created);
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
        Assert.Contains(
            expected,
            Assert
                .Throws<ArgumentException>(() => LatencyTableJson.Serialize(new(Truth.Identity, Space, [entry], DateTimeOffset.UnixEpoch)))
                .Message,
            StringComparison.Ordinal
        );
        LatencyEntry bare = entry with { Bounds = null },
            measured = entry with { Origin = EntryOrigin.Measured };
        Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(new(Truth.Identity, Space, [bare], DateTimeOffset.UnixEpoch)));
        Assert.Throws<ArgumentException>(() =>
            LatencyTableJson.Serialize(new(Truth.Identity, Space, [measured], DateTimeOffset.UnixEpoch))
        );
    }
}
