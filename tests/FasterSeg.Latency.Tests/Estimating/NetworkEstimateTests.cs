using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Estimating;

public class NetworkEstimateTests
{
    private static readonly TableIdentity Identity = new("device", "uuid", null, null, "cpu", "1", null, null, "fp32", 1, 1, "test");

    [Theory]
    [InlineData("derived_1_21.json", 5.701836)]
    [InlineData("derived_1_20.json", 5.790294)]
    public void Published_networks_on_the_authors_table(string file, double expected)
    {
        NetworkEstimate estimate = NetworkEstimate.Of(AuthorsTable(), PaperPlan(file));
        Assert.Equal(expected, estimate.TotalMs, 6);
        // The authors counted neither resizes nor concatenations; we say so instead of calling them free.
        Assert.NotEmpty(estimate.LeftOut);
        Assert.All(estimate.LeftOut, part => Assert.True(part.Spec.Kind is OperatorKind.Upsample or OperatorKind.Concat));
        Assert.Equal(100, estimate.Shares.Sum(share => share.Percent), 9);
    }

    /// <summary>
    /// The authors' code looks zoomed_conv_2x up under conv_2x's key, a slip that we do not repeat; with the table's numbers
    /// exchanged in the same way, the estimate is the one that they stored with their network.
    /// </summary>
    [Theory]
    [InlineData("derived_1_21.json", 6.413977)]
    [InlineData("derived_1_20.json", 6.260467)]
    public void With_the_authors_slip_their_own_figures_come_out(string file, double expected)
    {
        LatencyTable table = AuthorsTable();
        LatencyTable slipped = AuthorsSlip.Of(table);
        Assert.Equal(expected, NetworkEstimate.Of(slipped, PaperPlan(file)).TotalMs, 6);
        Assert.Equal(
            ReferenceFile.Read(file).GetProperty("latency_ms_authors_keys").GetDouble(),
            NetworkEstimate.Of(slipped, PaperPlan(file)).TotalMs,
            9
        );
    }

    [Fact]
    public void Is_the_sum_of_its_parts_each_once()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96, full: true);
        OperatorSpec[] specs = [.. plan.Parts.Select(part => part.Spec).Distinct()];
        LatencyTable table = Measured(specs);
        NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
        Assert.Equal(plan.Parts, estimate.Shares.Select(share => share.Part));
        Assert.Equal(plan.Parts.Sum(part => table[part.Spec]), estimate.TotalMs, 9);
        Assert.All(estimate.Shares, share => Assert.Equal(100 * table[share.Part.Spec] / estimate.TotalMs, share.Percent, 9));
        Assert.Empty(estimate.LeftOut);
    }

    [Fact]
    public void Never_takes_a_missing_part_for_free()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        OperatorSpec[] specs = [.. plan.Parts.Select(part => part.Spec).Distinct()];
        Assert.All(specs, missing =>
            Assert.Equal(
                missing,
                Assert.Throws<MissingLatencyException>(() => NetworkEstimate.Of(Measured(specs.Where(spec => spec != missing)), plan)).Spec
            )
        );
        // Not even a whole kind, where the table was measured here.
        var noResizes = Measured(specs.Where(spec => spec.Kind != OperatorKind.Upsample));
        Assert.Throws<MissingLatencyException>(() => NetworkEstimate.Of(noResizes, plan));
    }

    [Fact]
    public void An_imported_table_with_some_concatenations_needs_them_all()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        OperatorSpec[] specs = [.. plan.Parts.Select(part => part.Spec).Distinct()];
        OperatorSpec missing = specs.First(spec => spec.Kind == OperatorKind.Concat);
        LatencyTable some = Table(EntryOrigin.Imported, specs.Where(spec => spec != missing));
        Assert.Equal(missing, Assert.Throws<MissingLatencyException>(() => NetworkEstimate.Of(some, plan)).Spec);
        LatencyTable none = Table(EntryOrigin.Imported, specs.Where(spec => spec.Kind != OperatorKind.Concat));
        Assert.Equal(plan.Parts.Where(part => part.Spec.Kind == OperatorKind.Concat), NetworkEstimate.Of(none, plan).LeftOut);
    }

    [Fact]
    public void Its_interval_comes_from_the_parts_and_from_what_a_correction_is_off_by()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        LatencyTable unknown = Measured(plan.Parts.Select(part => part.Spec).Distinct());
        Assert.Null(NetworkEstimate.Of(unknown, plan).HalfWidthMs);

        // Every operator sure to 0.1 ms: parts of one operator are off together, others apart.
        var sure = new LatencyTable(
            Identity,
            null,
            unknown.Entries.Select(entry => entry with { Spread = new(1, 1, entry.MedianMs - 0.1, entry.MedianMs + 0.1, 1, 1, 1, 1, 20) }),
            DateTimeOffset.UnixEpoch
        );
        double parts = Math.Sqrt(plan.Parts.GroupBy(part => part.Spec).Sum(group => Math.Pow(0.1 * group.Count(), 2)));
        Assert.True(plan.Parts.Count > sure.Entries.Count, "This network is to have an operator twice.");
        Assert.Equal(parts, NetworkEstimate.Of(sure, plan).HalfWidthMs!.Value, 9);

        NetworkEstimate corrected = NetworkEstimate.Of(sure.With(new(1.1, 0, 0, 0, Networks: 30, Deviation: 0.02)), plan);
        Assert.Equal(1.1 * plan.Parts.Sum(part => sure[part.Spec]), corrected.TotalMs, 9);
        Assert.Equal(Math.Sqrt((parts * parts) + Math.Pow(1.959964 * 0.02 * corrected.TotalMs, 2)), corrected.HalfWidthMs!.Value, 9);
    }

    [Theory]
    [InlineData("bias -2.000 %, scatter 0.500 %", 0.02, 0.005)]
    [InlineData("bias +1.500 %, scatter 0.000 %", 0.015, 0)]
    [InlineData("bias 2, scatter 1", 0, 0)]
    [InlineData("scatter 0.500 %, bias -2.000 %", 0, 0)]
    [InlineData("bias NaN %, scatter 0.500 %", 0, 0)]
    [InlineData("bias -2.000 %, scatter -0.500 %", 0, 0)]
    public void Without_a_correction_it_covers_what_the_networks_showed(string fact, double bias, double scatter)
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        LatencyTable plain = Measured(plan.Parts.Select(part => part.Spec).Distinct()),
            told = plain.With(null, new Dictionary<string, string> { [LatencyTable.NetworksDeviationFact] = fact });
        double total = NetworkEstimate.Of(plain, plan).TotalMs;
        NetworkEstimate estimate = NetworkEstimate.Of(told, plan);
        Assert.Equal(total, estimate.TotalMs);
        Assert.Equal(bias == 0 ? null : Math.Round((bias + (1.959964 * scatter)) * total, 9), Rounded(estimate));

        // A correction has taken the bias out, and says itself what is left.
        NetworkEstimate corrected = NetworkEstimate.Of(told.With(new(1, 0, 0, 0, Networks: 30, Deviation: 0.01)), plan);
        Assert.Equal(Math.Round(1.959964 * 0.01 * total, 9), Rounded(corrected));

        static double? Rounded(NetworkEstimate estimate) => estimate.HalfWidthMs is { } half ? Math.Round(half, 9) : null;
    }

    [Fact]
    public void Networks_say_how_far_they_are_from_their_sums_and_one_bad_moment_does_not()
    {
        Assert.Null(NetworksDeviation.Of([0.02, 0.03]));
        var deviation = NetworksDeviation.Of([-0.03, -0.02, -0.01])!;
        Assert.Equal((-0.02, 0.01), (deviation.Bias, Math.Round(deviation.Scatter, 12)));
        Assert.Equal("bias -2.000 %, scatter 1.000 %", deviation.Fact());
        // The outlier counts as three deviations of 0.01 in the median.
        deviation = NetworksDeviation.Of([-0.03, -0.03, -0.02, -0.01, 0.6])!;
        Assert.Equal(-0.02, deviation.Bias);
        Assert.Equal(Math.Sqrt(((3 * 1e-4) + Math.Pow(3 * 1.4826 * 0.01, 2)) / 4), deviation.Scatter, 9);
        Assert.Equal("bias +0.000 %, scatter 0.000 %", NetworksDeviation.Of([0, 0, 0])!.Fact());
    }

    /// <summary>What moves a device moves all parts, so that their errors add up; and a median under load is sure of the load
    /// only.</summary>
    [Fact]
    public void On_a_loaded_device_it_is_as_wide_as_the_runs_scatter_part_by_part()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        LatencyTable measured = Measured(plan.Parts.Select(part => part.Spec).Distinct());
        LatencyTable Scattered(bool drifted) =>
            new(
                Identity,
                null,
                measured.Entries.Select(entry =>
                    entry with
                    {
                        Drifted = drifted,
                        Spread = new(
                            1,
                            1,
                            entry.MedianMs - 0.01,
                            entry.MedianMs + 0.01,
                            entry.MedianMs - 9,
                            entry.MedianMs - 0.1,
                            entry.MedianMs + 0.3,
                            entry.MedianMs + 9,
                            20
                        ),
                    }
                ),
                DateTimeOffset.UnixEpoch
            );
        double quiet = NetworkEstimate.Of(Scattered(drifted: false), plan).HalfWidthMs!.Value,
            loaded = NetworkEstimate.Of(Scattered(drifted: true), plan).HalfWidthMs!.Value;
        Assert.Equal(0.2 * plan.Parts.Count, loaded, 9);
        Assert.True(loaded > 20 * quiet);
    }

    [Fact]
    public void A_predicted_part_is_as_unsure_as_its_bounds()
    {
        NetworkPlan plan = NetworkPlan.Of(ReferenceNetworks.Published, 64, 96);
        OperatorSpec head = plan.Parts[^1].Spec;
        LatencyTable measured = Measured(plan.Parts.Select(part => part.Spec).Distinct());
        var predicted = new LatencyTable(
            Identity,
            null,
            measured.Entries.Select(entry =>
                entry.Spec != head
                    ? entry
                    : entry with
                    {
                        Origin = EntryOrigin.Predicted,
                        Bounds = new(entry.MedianMs - 0.2, entry.MedianMs + 0.3),
                    }
            ),
            DateTimeOffset.UnixEpoch
        );
        Assert.Equal(0.25, NetworkEstimate.Of(predicted, plan).HalfWidthMs!.Value, 9);
    }

    private static LatencyTable AuthorsTable() => LatencyTableImport.Load(SharedFolder.Authors("latency_lookup_table.npy"));

    private static NetworkPlan PaperPlan(string file) =>
        NetworkPlan.Of(ReferenceNetworks.Architecture(ReferenceFile.Read(file)), 1024, 2048);

    private static LatencyTable Measured(IEnumerable<OperatorSpec> specs) => Table(EntryOrigin.Measured, specs);

    /// <summary>A table with a different latency for every operator.</summary>
    private static LatencyTable Table(EntryOrigin origin, IEnumerable<OperatorSpec> specs) =>
        new(Identity, null, specs.Select((spec, i) => new LatencyEntry(spec, origin, 0.25 + (0.5 * i))), DateTimeOffset.UnixEpoch);
}
