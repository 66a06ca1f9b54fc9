using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Comparing;

/// <summary>What is compared with what, and by which figures.</summary>
public sealed class ComparedSetsTests
{
    private readonly List<string> notes = [];

    [Fact]
    public void Trained_mIoU_decides_where_a_network_has_it_else_the_supernets()
    {
        ComparedNetwork a = MadeNetworks.Of("a", 10, supernet: 0.3, trained: 0.5),
            b = MadeNetworks.Of("b", 11, supernet: 0.2, trained: 0.6),
            c = MadeNetworks.Of("c", 12, supernet: 0.1);
        ComparedSet trained = Assert.Single(ComparedSets.Of([a, b], notes.Add));
        Assert.Equal(QualityBasis.Trained, trained.Accuracy);
        Assert.True(trained.IsOnFront(a) && trained.IsOnFront(b));

        ComparedSet partly = Assert.Single(ComparedSets.Of([a, b, c], notes.Add));
        Assert.Equal(QualityBasis.Trained, partly.Accuracy);
        Assert.True(partly.IsOnFront(a) && partly.IsOnFront(b) && !partly.IsOnFront(c));
        Assert.Equal(
            "Not evaluated at 64x64: the student of c. The others are judged by their trained mIoU; to compare all, train and evaluate "
                + "these, too.",
            Assert.Single(notes)
        );

        ComparedNetwork searched = MadeNetworks.Of("d", 10, supernet: 0.3);
        ComparedSet supernet = Assert.Single(ComparedSets.Of([searched, c], notes.Add));
        Assert.Equal(QualityBasis.Supernet, supernet.Accuracy);
        Assert.True(supernet.IsOnFront(searched) && !supernet.IsOnFront(c));
    }

    [Fact]
    public void A_network_that_is_not_trained_moves_no_other_set_to_the_supernets_mIoU()
    {
        ComparedNetwork alone = MadeNetworks.Of("run 3", 10, supernet: 0.33, trained: 0.448, data: "streets"),
            mine = MadeNetworks.Of("my run", 11, supernet: 0.2, trained: 0.655, change: options => options.Space.Fch = 8),
            faster = MadeNetworks.Of("faster", 10, supernet: 0.5, change: options => options.Space.Fch = 8);
        RunComparison comparison = RunComparison.Of([alone, mine, faster], []);
        Assert.Equal([QualityBasis.Trained, QualityBasis.Trained], comparison.Sets.Select(set => set.Accuracy));
        Assert.Equal([alone], comparison.Sets[0].Networks);
        Assert.Equal([mine, faster], comparison.Sets[1].Networks);
        Assert.Equal(
            [
                "Of students A keep run 3: it is the only one of students A with a trained mIoU (44.8 % at 10.000 ms).",
                "Of students B keep my run: it is the only one of students B with a trained mIoU (65.5 % at 11.000 ms). Without a trained "
                    + "mIoU, so not judged: faster.",
            ],
            comparison.Recommendations.Select(one => one.Sentence)
        );
        Assert.Equal(2, comparison.Notes.Count);
    }

    [Fact]
    public void A_network_without_any_mIoU_is_on_no_front_and_named()
    {
        ComparedNetwork searched = MadeNetworks.Of("a", 10, supernet: 0.3),
            random = MadeNetworks.Of("r", 1, randomSeed: 3);
        ComparedSet set = Assert.Single(ComparedSets.Of([searched, random], notes.Add));
        Assert.True(set.IsOnFront(searched) && !set.IsOnFront(random));
        Assert.Equal("r's student has no supernet mIoU: it is on no front.", Assert.Single(notes));
        Assert.Equal(QualityBasis.None, Assert.Single(ComparedSets.Of([random], notes.Add)).Accuracy);
    }

    [Fact]
    public void Another_device_size_or_number_of_classes_has_a_front_of_its_own_and_the_reason_is_told()
    {
        ComparedNetwork a = MadeNetworks.Of("a", 10, trained: 0.5),
            better = MadeNetworks.Of("b", 9, trained: 0.6, device: MadeNetworks.Device with { DeviceName = "another" }),
            larger = MadeNetworks.Of("c", 9, trained: 0.6, change: options => options.Space.Height = 96),
            more = MadeNetworks.Of("d", 9, trained: 0.6, change: options => options.Space.Classes = 11);
        IReadOnlyList<ComparedSet> sets = ComparedSets.Of([a, better, larger, more], notes.Add);
        Assert.Equal(4, sets.Count);
        Assert.All(sets, set => Assert.True(set.IsOnFront(Assert.Single(set.Networks))));
        Assert.Equal(3, notes.Count);
        Assert.Contains(
            "a and b have latencies that cannot be compared: the device name is 'made up' in "
                + "one and 'another' in the other. There is no common front",
            notes[0],
            StringComparison.Ordinal
        );
        Assert.Contains("64x64 pixels in one and 96x64", notes[1], StringComparison.Ordinal);
        Assert.Contains("10 classes in one and 11", notes[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluations_on_other_images_have_no_common_front_even_under_the_same_name()
    {
        ComparedNetwork a = MadeNetworks.Of("a", 10, trained: 0.5),
            b = MadeNetworks.Of("b", 10, trained: 0.6, labels: [7, 9]),
            c = MadeNetworks.Of("c", 10, trained: 0.6, data: "streets");
        Assert.Equal(3, ComparedSets.Of([a, b, c], notes.Add).Count);
        Assert.Contains("were evaluated differently: both on scenes, whose labels differ", notes[0], StringComparison.Ordinal);
        Assert.Contains("on scenes and on streets", notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Supernets_of_other_spaces_are_not_compared_but_their_trained_networks_are()
    {
        ComparedNetwork Narrow(double? trained) =>
            MadeNetworks.Of("b", 10, supernet: 0.2, trained: trained, change: options => options.Space.Fch = 8);
        Assert.Equal(2, ComparedSets.Of([MadeNetworks.Of("a", 10, supernet: 0.3), Narrow(null)], notes.Add).Count);
        Assert.Contains("Fch 4", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Single(ComparedSets.Of([MadeNetworks.Of("a", 10, trained: 0.3), Narrow(0.2)], notes.Add));
    }

    [Fact]
    public void Measured_latency_decides_where_every_network_has_it_from_the_tables_device()
    {
        TableIdentity device = MadeNetworks.Device;
        ComparedNetwork Measured(string run, double ms, string on) =>
            MadeNetworks.Of(run, 11, trained: 0.5, measured: new KeptLatency(on, device.Provider, ms, 1000 / ms));
        ComparedNetwork a = Measured("a", 9, device.DeviceName),
            b = Measured("b", 13, device.DeviceName);

        ComparedSet set = Assert.Single(ComparedSets.Of([a, b], notes.Add));
        Assert.True(set.ByMeasurement);
        Assert.Equal((BandPlace.Fast, BandPlace.Slow), (set.PlaceOf(a), set.PlaceOf(b)));
        Assert.True(set.IsOnFront(a) && !set.IsOnFront(b));

        ComparedNetwork otherwise = MadeNetworks.Of(
            "c",
            11,
            trained: 0.5,
            measured: new KeptLatency(
                device.DeviceName,
                device.Provider,
                9,
                1000 / 9.0,
                "the number of threads is '1' in one and '2' in the other"
            )
        );
        foreach (ComparedNetwork other in new[] { MadeNetworks.Of("c", 11, trained: 0.5), Measured("c", 9, "elsewhere"), otherwise })
        {
            ComparedSet estimated = Assert.Single(ComparedSets.Of([a, other], notes.Add));
            Assert.False(estimated.ByMeasurement);
            Assert.Equal((BandPlace.In, BandPlace.In), (estimated.PlaceOf(a), estimated.PlaceOf(other)));
        }
    }

    [Fact]
    public void Every_network_is_in_one_set_and_what_is_in_one_set_is_comparable()
    {
        Gen<ComparedNetwork> network = Gen.Select(
            Gen.Int[0, 1],
            Gen.Int[2, 3],
            Gen.Int[0, 3],
            Gen.Int[0, 3],
            Gen.Int[1, 5],
            (device, height, trained, supernet, ms) =>
                MadeNetworks.Of(
                    "a",
                    ms,
                    supernet == 0 ? null : supernet / 4.0,
                    trained == 0 ? null : trained / 4.0,
                    labels: [trained % 2],
                    device: MadeNetworks.Device with
                    {
                        Threads = device,
                    },
                    change: options => options.Space.Height = 32 * height
                )
        );
        network
            .Array[1, 8]
            .Sample(
                networks =>
                {
                    IReadOnlyList<ComparedSet> sets = ComparedSets.Of(networks, notes.Add);
                    Assert.Equal(networks.Length, sets.Sum(set => set.Networks.Count));
                    Assert.All(networks, each => Assert.Single(sets, set => set.Networks.Any(other => ReferenceEquals(other, each))));
                    foreach (ComparedSet set in sets)
                    {
                        Assert.Single(set.Networks.Select(each => (each.Run.Device, each.Run.Options.Space.Height)).Distinct());
                        if (set.Accuracy == QualityBasis.Trained)
                            Assert.Single(set.Networks.Select(each => each.Evaluation?.LabelPixels[0]).OfType<long>().Distinct());
                        Assert.Equal(set.Networks.Any(each => set.AccuracyOf(each) is not null), set.Networks.Any(set.IsOnFront));
                    }
                },
                iter: 200,
                threads: 1
            );
    }

    [Fact]
    public void A_teacher_has_no_band()
    {
        ComparedNetwork teacher = MadeNetworks.Of("a", 11, trained: 0.5, role: Role.Teacher);
        Assert.Null(Assert.Single(ComparedSets.Of([teacher], notes.Add)).PlaceOf(teacher));
    }
}
