using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Fuzzing;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Latency.Tests.Tables;

namespace FasterSeg.Latency.Tests.Fuzzing;

/// <summary>Whatever a table's file holds, it is read or refused with a sentence; and what is read can be written and read again.</summary>
public sealed class TableJsonFuzzTests
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "null",
            "true",
            "[]",
            "{}",
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "-0",
            "1e400",
            "-1",
            "1e-400",
            "2147483648",
            "0.5",
            "9007199254740993",
            "1E+2",
            "\\u0000",
            "\\ud800",
            "\"format\":2,",
            "\"sha256\":\"\",",
            "\"space\":null,",
            "\"entries\":[],",
            "\"median_ms\":0,",
            "\"failure\":\"\",",
            "\"drifted\":true,",
            "\"origin\":\"defined\",",
            "\"samples\":1,",
            "\"key\":\"skip h8 w16 c16-16 s1\",",
            "conv h999999 w999999 c999999-999999 s2",
            "concat h1 w1 c1+1",
            "ff_H8_W16_C24",
            "imported",
            "NaN",
            "Infinity",
            "//",
            "\uFEFF",
            "µ",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0],
    ];

    private static readonly string[] Others =
    [
        "null",
        "true",
        "0",
        "-0.0",
        "-1",
        "1e-320",
        "1e308",
        "0.1",
        "3",
        "2147483647",
        "2147483648",
        "-2147483649",
        "1.5",
        "[]",
        "[1]",
        "{}",
        "[[[[]]]]",
        "\"\"",
        "\"x\"",
        "\"\\u0000\"",
        "\"measured\"",
        "\"defined\"",
        "\"imported\"",
        "\"skip h8 w16 c16-16 s1\"",
        "\"conv h999999 w999999 c999999-999999 s2\"",
        "\"2026-01-31T12:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"0001-01-01T00:00:00Z\"",
        "[0.5, 1]",
        "[1, 0.5]",
        $"[{string.Join(',', Enumerable.Repeat("0.5", 1000))}]",
        $"\"{new string('x', 2000)}\"",
    ];

    [Fact]
    public void Any_file_is_read_or_refused()
    {
        var mutator = new ByteMutator(
            [
                LatencyTableJson.Serialize(Samples.Table()),
                LatencyTableJson.Serialize(Samples.OfTwoCards()),
                "{\"ff_H8_W16_C24\": 0.25, \"conv h8 w16 c16-24 s1\": 1.5}"u8.ToArray(),
            ],
            Words
        );
        FuzzRun.Over(
            "table JSON",
            FuzzRun.Count(2000),
            random => random.Next(3) == 0 ? Misshapen(random) : Rehashed(random, mutator.Next(random)),
            input =>
                Refused(() =>
                {
                    LatencyTable table = LatencyTableImport.Parse(input, "t.json");
                    Assert.Equal(
                        LatencyTableJson.HashOf(table),
                        LatencyTableJson.HashOf(LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "again"))
                    );
                }),
            Allowed
        );
    }

    [Fact]
    public void Any_entry_is_read_or_refused()
    {
        var mutator = new ByteMutator(
            [
                .. Samples
                    .Table()
                    .Entries.Concat(Samples.OfTwoCards().Entries)
                    .Select(entry => Encoding.UTF8.GetBytes(LatencyTableJson.SerializeEntry(entry))),
            ],
            Words
        );
        FuzzRun.Over(
            "entry JSON",
            FuzzRun.Count(2000),
            mutator.Next,
            input =>
                Refused(() =>
                {
                    LatencyEntry entry = LatencyTableJson.ParseEntry(Encoding.UTF8.GetString(input), "e");
                    Assert.Equal(entry, LatencyTableJson.ParseEntry(LatencyTableJson.SerializeEntry(entry), "again"));
                }),
            Allowed
        );
    }

    [Fact]
    public void Any_space_is_read_or_refused()
    {
        var mutator = new ByteMutator(
            [
                Encoding.UTF8.GetBytes(LatencyTableJson.SerializeSpace(Samples.Space)),
                Encoding.UTF8.GetBytes(LatencyTableJson.SerializeSpace(SearchSpace.Paper())),
            ],
            Words
        );
        FuzzRun.Over(
            "space JSON",
            FuzzRun.Count(2000),
            mutator.Next,
            input =>
                Refused(() =>
                {
                    SearchSpace space = LatencyTableJson.ParseSpace(Encoding.UTF8.GetString(input), "s");
                    Assert.Equal(space, LatencyTableJson.ParseSpace(LatencyTableJson.SerializeSpace(space), "again"));
                }),
            Allowed
        );
    }

    /// <summary>Half of the files get the hash of what they hold now, or no fault behind it would ever be met.</summary>
    private static byte[] Rehashed(Random random, byte[] file) => random.Next(2) == 0 ? file : Rehashed(file);

    private static byte[] Rehashed(byte[] file)
    {
        try
        {
            if (JsonNode.Parse(file) is not JsonObject table || !table.ContainsKey("sha256"))
                return file;
            byte[] canonical = CanonicalJson.Serialize(JsonSerializer.SerializeToElement(table), without: "sha256");
            table["sha256"] = Convert.ToHexStringLower(SHA256.HashData(canonical));
            return Encoding.UTF8.GetBytes(table.ToJsonString());
        }
        catch (Exception fault) when (fault is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            return file;
        }
    }

    /// <summary>A sound table, some of whose values are others, with the hash of what it holds now.</summary>
    private static byte[] Misshapen(Random random)
    {
        JsonNode table = JsonNode.Parse(LatencyTableJson.Serialize(random.Next(2) == 0 ? Samples.Table() : Samples.OfTwoCards()))!;
        for (int i = 1 + random.Next(3); i > 0; i--)
        {
            JsonNode[] leaves = [.. Values(table)];
            leaves[random.Next(leaves.Length)].ReplaceWith(JsonNode.Parse(Others[random.Next(Others.Length)]));
        }
        return Rehashed(Encoding.UTF8.GetBytes(table.ToJsonString()));
    }

    private static IEnumerable<JsonNode> Values(JsonNode node) =>
        node switch
        {
            JsonObject inner => inner
                .Where(member => member.Key != "sha256" && member.Value is not null)
                .SelectMany(member => Values(member.Value!)),
            JsonArray list => list.Where(item => item is not null).SelectMany(item => Values(item!)),
            _ => [node],
        };

    private static string Refused(Action read)
    {
        try
        {
            read();
            return "read";
        }
        catch (UserErrorException)
        {
            return "refused";
        }
    }

    // Text, document, canonical form, table, and all of it once more for the way back.
    private static long Allowed(int bytes) => (1 << 20) + (300L * bytes);
}
