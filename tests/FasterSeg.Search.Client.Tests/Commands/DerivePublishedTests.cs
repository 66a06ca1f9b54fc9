using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Searching;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>
/// <c>fasterseg derive</c> on the parameters and the GTX 1080 Ti table that the paper's authors published, against the figures of
/// shared/reference/README.md.
/// </summary>
public sealed class DerivePublishedTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("derived_1_21.json", null, 5.701836, "latency12")]
    [InlineData("derived_1_21.json", "32+16", 5.701836, "latency12")]
    [InlineData("derived_1_20.json", "32+8", 5.790294, "latency02")]
    public async Task The_released_rule_gives_the_published_network_and_its_latency(
        string reference,
        string? pair,
        double trueKeysMs,
        string stored
    )
    {
        var (code, output, error) = await DeriveAsync("released", pair is null ? [] : ["--pair", pair]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"estimate {trueKeysMs:F3} ms, the sum of its parts"),
            output,
            StringComparison.Ordinal
        );

        DerivedArchitecture student = DerivedArchitectureJson.Load(folder["run/student.json"]);
        Assert.Equal(ReferenceNetworks.Architecture(ReferenceFile.Read(reference)), student);
        LatencyTable table = LatencyTableJson.Load(folder["run/table.json"]);
        NetworkPlan plan = NetworkPlan.Of(student, 1024, 2048);
        Assert.Equal(trueKeysMs, NetworkEstimate.Of(table, plan).TotalMs, 6);

        // The authors look zoomed_conv_2x up under conv_2x's key: with that slip the latency that they stored comes out.
        LatencyTable slipped = AuthorsSlip.Of(table);
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Authors("arch_student.json")));
        Assert.Equal(file.RootElement.GetProperty(stored).GetDouble(), NetworkEstimate.Of(slipped, plan).TotalMs, 9);
    }

    [Fact]
    public async Task Both_pairs_stand_in_the_run_and_the_authors_mIoU_chooses_as_they_did()
    {
        var (_, output, _) = await DeriveAsync("released");
        Assert.Contains("chosen       32+16: larger supernet mIoU", output, StringComparison.Ordinal);
        SearchedPair[] pairs = [.. SearchResultFile.Read(folder["run/search.json"]).OrderBy(pair => pair.ShallowScale)];
        Assert.Equal([(8, false), (16, true)], pairs.Select(pair => (pair.ShallowScale, pair.Chosen)));
        Assert.Equal(5.790294, pairs[0].EstimateMs, 6);
        Assert.Equal(5.701836, pairs[1].EstimateMs, 6);
    }

    [Fact]
    public async Task The_corrected_rule_gives_another_network_of_the_same_parameters()
    {
        var (code, _, error) = await DeriveAsync("corrected", "--pair", "32+16");
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        DerivedArchitecture corrected = DerivedArchitectureJson.Load(folder["run/student.json"]);
        Assert.NotEqual(ReferenceNetworks.Published, corrected);
        Assert.Equal(
            Derivation.Derive(
                ArchitectureValuesJson.Read(SharedFolder.Authors("arch_student.json"), Role.Student),
                SearchSpace.Paper(),
                Role.Student,
                shallowEnd: 1
            ),
            corrected
        );
    }

    private Task<(int Code, string Output, string Error)> DeriveAsync(string rule, params string[] more) =>
        Shell.RunAsync([
            "derive",
            "--parameters",
            SharedFolder.Authors("arch_student.json"),
            "--config",
            Path.Combine(RepositoryRoot.Path, "configs", "cityscapes.json"),
            "--set",
            $"searching:derivation={rule}",
            "--lut",
            SharedFolder.Authors("latency_lookup_table.npy"),
            "--out",
            folder["run"],
            .. more,
        ]);
}
