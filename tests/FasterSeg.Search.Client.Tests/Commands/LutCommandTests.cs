using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public sealed class LutCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string table;

    public LutCommandTests()
    {
        table = folder["t.json"];
        LatencyTableJson.Save(TestTables.Small, table);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Show_tells_identity_size_spread_slowest_and_flags()
    {
        var (code, output, error) = await Shell.RunAsync("lut", "show", table, "--slowest", "1");
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(@"device +fake cpu\n", output);
        Assert.Matches(@"entries +3 \(1 noisy, 0 drifted, 0 failed\)\n", output);
        Assert.Matches(@"latency +0.2500 to 0.7500 ms, median 0.5000 ms\n", output);
        Assert.Matches(@"samples +70 in 1 to 3 sessions .*, 2 .*disturbed\n", output);
        Assert.Matches(@"nodes ran on +CPUExecutionProvider \(2\)\n", output);
        Assert.Matches(@" conv_2x +1 +0.7500 +0.7500 +0.7500", output);
        Assert.Matches(@" 1/8 \(8x8\) +3 +0.2500 +0.5000 +0.7500", output);
        Assert.Matches(@"conv_2x h8 w8 c16-32 s1 +0.7500 +0.7000 to 0.8000 +30", output);
        Assert.Matches(@"conv_2x h8 w8 c16-32 s1 +noisy", output);
        Assert.DoesNotMatch(@"conv h8 w8 c16-32 s1 ", output);
        Assert.Contains(LatencyTableJson.HashOf(TestTables.Small), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_tells_the_cards_of_a_table_of_several()
    {
        Assert.DoesNotContain("cards", (await Shell.RunAsync("lut", "show", table)).Output, StringComparison.Ordinal);
        LatencyTable small = TestTables.Small;
        LatencyEntry[] entries = [small.Entries[0] with { Device = "lab-2", Factor = 1.0125 }, .. small.Entries.Skip(1)];
        TableMember[] members = [new("lab-1", "uuid-1", 1, 1), new("lab-2", "uuid-2", 1.0125, 1)];
        LatencyTableJson.Save(new LatencyTable(small.Identity, small.Space, entries, small.Created, members: members), table);

        var (code, output, error) = await Shell.RunAsync("lut", "show", table);

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(
            @"cards +lab-1 \(1 entry, the reference\), +lab-2 +\(1 +entry, +divided +by +1.0125\)",
            output.Replace("\n", " ", StringComparison.Ordinal)
        );
        string json = (await Shell.RunAsync("lut", "show", table, "--json")).Output;
        JsonElement second = JsonDocument.Parse(json).RootElement.GetProperty("members")[1];
        Assert.Equal(("lab-2", 1.0125), (second.GetProperty("id").GetString(), second.GetProperty("factor").GetDouble()));
    }

    [Fact]
    public async Task Show_says_what_keeps_a_table_from_being_trusted()
    {
        LatencyTable small = TestTables.Small;
        LatencyEntry[] entries = [LatencyEntry.Failed(small.Entries[0].Spec, "no kernel."), .. small.Entries.Skip(1)];
        var told = new Dictionary<string, string> { [LatencyTable.LoadedFact] = "somebody copies memory" };
        LatencyTableJson.Save(new LatencyTable(small.Identity, small.Space, entries, small.Created, told), table);
        string output = string.Join(
            ' ',
            (await Shell.RunAsync("lut", "show", table)).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Contains(
            "The table was measured on a loaded device: somebody copies memory. None of its entries counts as clean.",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"1 operator has no latency, so a search that needs one of them is refused; the first is {entries[0].Spec}: no kernel. Measure",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Show_has_a_networks_parts_with_latency_multiply_adds_parameters_and_memory()
    {
        NetworkPlan plan = NetworkPlan.Of(MadeRuns.Network(1), TinySpace.Space);
        DerivedArchitectureJson.Save(plan.Architecture, folder["student.json"]);
        LatencyTableJson.Save(TinySpace.Table(TinySpace.Space), folder["whole.json"]);
        var (code, output, error) = await Shell.RunAsync("lut", "show", folder["whole.json"], "--network", folder["student.json"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(@"stem\.0 +1/1 +stem s2", output);
        Assert.Contains(FormattableString.Invariant($"estimate {MadeRuns.EstimateMs(1):F3} ms"), output, StringComparison.Ordinal);
        NetworkCost cost = NetworkCost.Of(plan);
        Assert.True(cost.MultiplyAdds > 0 && cost.ActivationBytes > 4 * 3 * 64 * 64);
        Assert.Contains(cost.ToString(), output, StringComparison.Ordinal);

        var other = await Shell.RunAsync("lut", "show", table, "--network", folder["student.json"]);
        Assert.Equal(ExitCodes.Failed, other.Code);
        Assert.Matches("t.json (has no latency of 'stem|does not say the space)", other.Error);
    }

    [Fact]
    public async Task Show_refuses_an_edited_number()
    {
        File.WriteAllText(table, File.ReadAllText(table).Replace("0.25", "0.24", StringComparison.Ordinal));
        var (code, output, error) = await Shell.RunAsync("lut", "show", table);
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.StartsWith($"error: {table}: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_and_import_keep_the_numbers()
    {
        Assert.Equal(
            ExitCodes.Done,
            (await Shell.RunAsync("lut", "export", table, "--format", "canonical", "--out", folder["flat.json"])).Code
        );
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync("lut", "import", folder["flat.json"], "--out", folder["again.json"])).Code);
        LatencyTable again = LatencyTableJson.Load(folder["again.json"]);
        Assert.Equal(
            TestTables.Small.Entries.Select(entry => (entry.Spec, entry.MedianMs)),
            again.Entries.Select(entry => (entry.Spec, entry.MedianMs))
        );
        Assert.All(again.Entries, entry => Assert.Equal(EntryOrigin.Imported, entry.Origin));
    }

    [Fact]
    public async Task Export_in_the_authors_naming_writes_their_names()
    {
        Assert.Equal(
            ExitCodes.Done,
            (await Shell.RunAsync("lut", "export", table, "--format", "authors", "--out", folder["flat.json"])).Code
        );
        using JsonDocument flat = JsonDocument.Parse(File.ReadAllBytes(folder["flat.json"]));
        Assert.Equal(0.25, flat.RootElement.GetProperty("BasicResidual1x_H8_W8_Cin16_Cout32_stride1_dilation1").GetDouble());
    }

    [Fact]
    public async Task Export_in_our_format_keeps_the_hash()
    {
        Assert.Equal(
            ExitCodes.Done,
            (await Shell.RunAsync("lut", "export", table, "--format", "fasterseg", "--out", folder["sub/copy.json"])).Code
        );
        Assert.Equal(LatencyTableJson.HashOf(TestTables.Small), LatencyTableJson.HashOf(LatencyTableJson.Load(folder["sub/copy.json"])));
    }

    [Fact]
    public async Task Diff_shows_ratios_the_order_and_the_decisions_that_come_out_otherwise_in_80_columns()
    {
        SearchSpace space = TestTables.Space;
        // Each operator is a tenth slower than the one before it; in the second table zoomed_conv is slower than all of them.
        LatencyTableJson.Save(Table(spec => 1.5), folder["a.json"]);
        LatencyTableJson.Save(Table(spec => spec.Kind == OperatorKind.ZoomedConv ? 4.5 : 2.25), folder["b.json"]);
        var (code, output, error) = await Shell.RunAsync(
            width: 80,
            ["lut", "diff", folder["a.json"], folder["b.json"], "--worst", "50", "--networks", "40"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Matches(@"first +fake cpu, cpu, fp32, 1 thread\n", output);
        Assert.Matches(@" zoomed_conv +20 +3\.0000 +1\.0000 +1\.0000", output);
        Assert.Matches(@" all +[0-9]+ +1\.5000 +0\.[0-9]{4} +0\.[0-9]{4}", output);
        Assert.Matches(@" zoomed_conv s2 +3\.000 +3\.000 *\n", output);
        Assert.Matches(@" conv s1 +1\.500 +1\.500 +1\.500 *\n", output);
        Assert.Matches(@" one operator or another +152 +152 +40 +26\.3 %", output);
        Assert.Matches(@" next wider output: slower or free +44 +44 +0 +0\.0 %", output);
        Assert.Matches(@" layer before or after going down +16 +0 +0", output);
        Assert.Matches(@" zoomed_conv / zoomed_conv_2x h8 w8 c16-16 s1 +0\.857 +1\.714", output);
        Assert.Matches(@"fastest operator differs at 0 of [0-9]+ places", output);
        Assert.Matches(@"Estimates of [0-9]+ random students: Spearman 0\.[0-9]{4}", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));

        LatencyTable Table(Func<OperatorSpec, double> ms) =>
            new(
                TestTables.Small.Identity,
                space,
                space
                    .Operators()
                    .Select(spec =>
                        spec.IsZeroByDefinition
                            ? LatencyEntry.Defined(spec)
                            : new LatencyEntry(
                                spec,
                                EntryOrigin.Measured,
                                ms(spec) * (1 + (0.1 * (int)spec.Kind)) * spec.Height * spec.OutChannels
                            )
                    ),
                DateTimeOffset.UnixEpoch
            );
    }

    [Fact]
    public async Task Diff_of_tables_of_no_common_space_says_what_it_cannot_compare()
    {
        LatencyTable other = new(
            TestTables.Small.Identity,
            TestTables.Space with
            {
                Layers = 5,
            },
            TestTables.Small.Entries,
            DateTimeOffset.UnixEpoch
        );
        LatencyTableJson.Save(other, folder["o.json"]);
        var (code, output, _) = await Shell.RunAsync("lut", "diff", table, folder["o.json"]);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("do not name one space", output, StringComparison.Ordinal);
        Assert.DoesNotContain("random students", output, StringComparison.Ordinal);
    }

    [Theory]
    [
        InlineData("--worst", "-1", "--worst counts"),
        InlineData("--networks", "-1", "--networks -1"),
        InlineData("--networks", "10001", "--networks 10001")
    ]
    public async Task Diff_refuses_counts_that_are_none(string option, string value, string expected)
    {
        var (code, _, error) = await Shell.RunAsync("lut", "diff", table, table, option, value);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_as_output_is_wrong_usage()
    {
        var (code, _, error) = await Shell.RunAsync("lut", "import", table, "--out", folder.Path);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("is a folder", error, StringComparison.Ordinal);
    }
}
