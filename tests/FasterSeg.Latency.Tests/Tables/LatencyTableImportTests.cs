using System.Text;
using System.Text.Json;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class LatencyTableImportTests
{
    [Fact]
    public void Published_table_is_known_with_every_key_under_its_own_operator()
    {
        LatencyTable table = LatencyTableImport.Load(SharedFolder.Authors("latency_lookup_table.npy"));

        Assert.Equal(667, table.Entries.Count);
        Assert.Equal("NVIDIA GeForce GTX 1080 Ti", table.Identity.DeviceName);
        Assert.Equal(("tensorrt", "5", "fp32"), (table.Identity.Provider, table.Identity.TensorRt, table.Identity.Precision));
        Assert.Equal(SearchSpace.Paper(), table.Space);
        Assert.All(table.Entries, entry => Assert.Equal(EntryOrigin.Imported, entry.Origin));
        // Everything the released code has a name for is there, stride-1 skips with the number that was stored.
        IEnumerable<OperatorSpec> named = SearchSpace.Paper().Operators().Where(spec => AuthorsKeys.TryFormat(spec, out _));
        Assert.All(named, spec => Assert.True(table[spec] > 0));
        Assert.Equal(75, table.Entries.Count(entry => entry.Spec.IsZeroByDefinition && entry.MedianMs > 0));
        Assert.Equal(16, table.Entries.Select(entry => entry.Spec).Except(named).Count());
    }

    [Fact]
    public void Published_table_in_any_file_is_the_same_table()
    {
        LatencyTable table = LatencyTableImport.Load(SharedFolder.Authors("latency_lookup_table.npy"));
        string hash = LatencyTableJson.HashOf(table);

        Assert.Equal(hash, LatencyTableJson.HashOf(LatencyTableImport.Parse(LatencyTableJson.Serialize(table), "a")));
        Assert.Equal(hash, LatencyTableJson.HashOf(LatencyTableImport.Parse(LatencyTableExport.Flat(table, KeyNaming.Authors).Json, "b")));
        Assert.Equal(
            hash,
            LatencyTableJson.HashOf(LatencyTableImport.Parse(LatencyTableExport.Flat(table, KeyNaming.Canonical).Json, "c"))
        );
    }

    [Fact]
    public void Numpy_file_of_another_device_is_not_taken_for_the_published_one()
    {
        LatencyTable table = LatencyTableImport.Parse(
            PickleFile.Of(("ff_H8_W16_C24", 0.25), ("FactorizedReduce_H8_W16_Cin8_Cout16_stride1", 0)),
            "T.npy"
        );

        Assert.Equal("unknown", table.Identity.DeviceName);
        Assert.Null(table.Space);
        Assert.Equal(0.25, table[OperatorKey.Parse("fusion h8 w16 c24-24 s1 k1")]);
        Assert.Equal(0, table[OperatorKey.Parse("skip h8 w16 c8-16 s1")]);
    }

    [Fact]
    public void Stride_one_skip_keeps_its_stored_number()
    {
        LatencyTable table = Import("""{"FactorizedReduce_H8_W16_Cin8_Cout16_stride1": 0.125}""");
        Assert.Equal(0.125, table[OperatorKey.Parse("skip h8 w16 c8-16 s1")]);
    }

    [Fact]
    public void Two_lists_are_two_identities() =>
        Assert.NotEqual(Import("""{"ff_H8_W16_C24": 0.25}""").Identity, Import("""{"ff_H8_W16_C24": 0.5}""").Identity);

    [Theory]
    [InlineData("{}", "T.json: the table is empty: is it the right file?")]
    [InlineData("[1]", "T.json: the file holds no table: it should be a JSON object or the released code's .npy file.")]
    [InlineData(
        """{"BasicResidual9x": 1}""",
        "T.json: 'BasicResidual9x' is the name of no operator, neither here nor in the released code: remove or correct it."
    )]
    [InlineData(
        """{"ff_H8_W16_C24": -1}""",
        "T.json: entry 'ff_H8_W16_C24': its latency is -1 ms, not a positive number: correct or remove it."
    )]
    [InlineData(
        """{"ff_H8_W16_C24": 0}""",
        "T.json: entry 'ff_H8_W16_C24': its latency is 0 ms, not a positive number: correct or remove it."
    )]
    [InlineData("""{"ff_H8_W16_C24": "1"}""", "T.json: 'ff_H8_W16_C24' has no number of milliseconds: give it one or remove it.")]
    [InlineData(
        """{"ff_H8_W16_C24": 1, "fusion h8 w16 c24-24 s1 k1": 1}""",
        "T.json: 'fusion h8 w16 c24-24 s1 k1' occurs twice, the second time as 'fusion h8 w16 c24-24 s1 k1': remove one."
    )]
    public void BadList_IsRefusedWithASentence(string json, string message) =>
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => Import(json)).Message);

    [Fact]
    public void Not_a_number_in_a_numpy_file_is_refused() =>
        Assert.StartsWith(
            "T.npy: entry 'ff_H8_W16_C24': its latency is NaN ms",
            Assert
                .Throws<UserErrorException>(() => LatencyTableImport.Parse(PickleFile.Of(("ff_H8_W16_C24", double.NaN)), "T.npy"))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Our_table_is_checked_as_ours() =>
        Assert.Contains(
            "SHA-256",
            Assert
                .Throws<UserErrorException>(() =>
                    LatencyTableImport.Parse(
                        Encoding.UTF8.GetBytes(
                            Encoding
                                .UTF8.GetString(LatencyTableJson.Serialize(Samples.Table()))
                                .Replace("12345.678", "12345.5", StringComparison.Ordinal)
                        ),
                        "T.json"
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Export_under_released_names_says_what_it_leaves_out()
    {
        FlatTable flat = LatencyTableExport.Flat(Samples.Table(), KeyNaming.Authors);

        using JsonDocument json = JsonDocument.Parse(flat.Json);
        Assert.Equal(
            [
                "BasicResidual1x_H8_W16_Cin16_Cout24_stride1_dilation1",
                "BasicResidual_downup_2x_H8_W16_Cin48_Cout96_stride2_dilation1",
                "FactorizedReduce_H4_W8_Cin16_Cout16_stride1",
                "FactorizedReduce_H8_W16_Cin16_Cout16_stride1",
            ],
            json.RootElement.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal(0.1 + 0.2, json.RootElement.EnumerateObject().First().Value.GetDouble());
        Assert.Equal(4, flat.Written);
        Assert.Equal("concat h8 w16 c32+32", Assert.Single(flat.WithoutName).ToString());
        Assert.Equal("upsample h4 w8 c32-32 x2", Assert.Single(flat.Failed).ToString());
    }

    [Fact]
    public void Export_under_canonical_names_leaves_out_only_what_failed()
    {
        FlatTable flat = LatencyTableExport.Flat(Samples.Table(), KeyNaming.Canonical);

        Assert.Equal((5, 0, 1), (flat.Written, flat.WithoutName.Count, flat.Failed.Count));
        LatencyTable read = LatencyTableImport.Parse(flat.Json, "T.json");
        Assert.All(read.Entries, entry => Assert.Equal(Samples.Table()[entry.Spec], entry.MedianMs));
    }

    private static LatencyTable Import(string json) => LatencyTableImport.Parse(Encoding.UTF8.GetBytes(json), "T.json");
}
