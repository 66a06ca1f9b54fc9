using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class LatencyTableJsonTests
{
    private const string File = "T.json";

    [Fact]
    public void Table_through_json_keeps_every_fact()
    {
        LatencyTable table = Samples.Table();

        LatencyTable read = LatencyTableJson.Parse(LatencyTableJson.Serialize(table), File);

        Assert.Equal(table.Identity, read.Identity);
        Assert.Equal(table.Space, read.Space);
        Assert.Equal(table.Created, read.Created);
        Assert.Equal(table.Entries, read.Entries);
        Assert.Equal(LatencyTableJson.HashOf(table), LatencyTableJson.HashOf(read));
    }

    [Fact]
    public void Any_latencies_through_json_stay_exact() =>
        Gen.Double[1e-9, 1e6]
            .Array[1, 20]
            .Sample(
                latencies =>
                {
                    var table = new LatencyTable(
                        Samples.Identity,
                        null,
                        latencies.Select((ms, i) => Samples.Measured($"conv h{i + 1} w1 c1-1 s1", ms)),
                        Samples.Created
                    );
                    return LatencyTableJson.Parse(LatencyTableJson.Serialize(table), File).Entries.SequenceEqual(table.Entries);
                },
                iter: 200
            );

    [Fact]
    public void File_has_one_entry_a_line()
    {
        string text = Encoding.UTF8.GetString(LatencyTableJson.Serialize(Samples.Table()));

        Assert.Contains(
            "\n    {\"key\":\"concat h8 w16 c32+32\",\"median_ms\":12345.678,\"origin\":\"imported\"},\n",
            text,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\n}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hash_does_not_depend_on_layout_or_order_of_members()
    {
        JsonObject root = Root();
        var reversed = new JsonObject(root.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

        LatencyTable read = LatencyTableJson.Parse(Bytes(reversed), File);

        Assert.Equal(root["sha256"]!.GetValue<string>(), LatencyTableJson.HashOf(read));
    }

    [Fact]
    public void Edited_number_is_noticed()
    {
        byte[] edited = Edited("12345.678", "12345.679");

        UserErrorException error = Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(edited, File));

        Assert.StartsWith("T.json: the content does not match its SHA-256", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("restore the file or build the table again.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "T.json: the table has format 2 and this build reads format 1: use")]
    [InlineData(
        "\"median_ms\":12345.678",
        "\"median_ms\":-1",
        "T.json: entry 1 'concat h8 w16 c32+32': its latency is -1 ms, not a positive number: "
    )]
    [InlineData(
        "\"median_ms\":12345.678",
        "\"median_ms\":0",
        "T.json: entry 1 'concat h8 w16 c32+32': its latency is 0 ms, not a positive number: "
    )]
    [InlineData(
        "\"median_ms\":12345.678",
        "\"median_ms\":\"1\"",
        "T.json: entry 1 'concat h8 w16 c32+32': 'median_ms' is \"1\", not a number: "
    )]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":1e999", "T.json: this is no JSON that a table can be read from (")]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":NaN", "T.json: this is no JSON that a table can be read from (")]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":1,\"median_ms\":1", "T.json: this is no JSON that a table can be read from (")]
    [InlineData("\"median_ms\":12345.678,", "", "T.json: entry 1 'concat h8 w16 c32+32': 'median_ms' is missing: ")]
    [InlineData(
        "\"median_ms\":12345.678",
        "\"median_ms\":1,\"ms\":1",
        "T.json: entry 1 'concat h8 w16 c32+32': 'ms' is unknown in this format: "
    )]
    [InlineData(
        "\"origin\":\"imported\"}",
        "\"origin\":\"guessed\"}",
        "T.json: entry 1 'concat h8 w16 c32+32': the origin 'guessed' is none of measured, defined, imported, predicted: "
    )]
    [InlineData("concat h8 w16 c32+32", "concat h08 w16 c32+32", "T.json: entry 1: 'concat h08 w16 c32+32' is no operator key such as")]
    [InlineData("concat h8 w16 c32+32", "conv h8 w16 c16-24 s1", "T.json: entry 2 'conv h8 w16 c16-24 s1': the key occurs a second time: ")]
    [InlineData("\"noisy\":true", "\"noisy\":1", "T.json: entry 6 'zoomed_conv_2x h8 w16 c48-96 s2': 'noisy' is 1, not true or false: ")]
    [InlineData(
        "\"CPUExecutionProvider\":1",
        "\"CPUExecutionProvider\":0",
        "T.json: entry 6 'zoomed_conv_2x h8 w16 c48-96 s2': placement: 'CPUExecutionProvider' is 0, not a whole number from 1 on: "
    )]
    [InlineData(
        "{\"CPUExecutionProvider\":1,\"TensorrtExecutionProvider\":3}",
        "{}",
        "T.json: entry 6 'zoomed_conv_2x h8 w16 c48-96 s2': its placement '' is none of at least one node on each provider: "
    )]
    [InlineData(
        "\"samples\":120",
        "\"samples\":0",
        "T.json: entry 2 'conv h8 w16 c16-24 s1': 'samples' is 0, not a whole number from 1 on: "
    )]
    [InlineData(
        "\"samples\":120",
        "\"samples\":1.5",
        "T.json: entry 2 'conv h8 w16 c16-24 s1': 'samples' is 1.5, not a whole number from 1 on: "
    )]
    [InlineData(
        "\"confidence_low_ms\":0.29",
        "\"confidence_low_ms\":0.39",
        "T.json: entry 2 'conv h8 w16 c16-24 s1': its median 0.30000000000000004 ms is not within its confidence interval"
    )]
    [InlineData("\"p95_ms\":0.36", "\"p95_ms\":0.26", "T.json: entry 2 'conv h8 w16 c16-24 s1': its quantiles are not in order: ")]
    [InlineData(
        "\"origin\":\"defined\"",
        "\"origin\":\"measured\"",
        "T.json: entry 4 'skip h8 w16 c16-16 s1': its latency is 0 ms, not a positive number: "
    )]
    [InlineData("\"threads\":2", "\"threads\":-2", "T.json: identity: 'threads' is -2, not a whole number from 0 on: ")]
    [InlineData("\"provider\":\"cpu\"", "\"provider\":null", "T.json: identity: 'provider' is null, not a text: ")]
    [InlineData("\"height\":64", "\"height\":65", "T.json: space: The network's height 65 is not a multiple of 32")]
    [InlineData("\"created\": \"2026", "\"created\": \"26", "T.json: 'created' is no time such as")]
    [InlineData("12345.678", "12345.678 12", "T.json: this is no JSON that a table can be read from (")]
    [InlineData("out of memory", "\\ud800", "T.json: this is no JSON that a table can be read from (a string is no valid Unicode): ")]
    public void Fault_IsNamedWithItsPlace(string text, string edit, string message)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(Edited(text, edit), File));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [
        Theory,
        InlineData("[]"),
        InlineData("1"),
        InlineData("{}"),
        InlineData(""),
        InlineData("[[[[[[[[[[[[[[1]]]]]]]]]]]]]]"),
        InlineData("{\"format\":1e400}"),
        InlineData("""{ "\ud800": 1 /* a comment, and half of a surrogate pair in a name */ }""")
    ]
    public void OtherJson_IsRefused(string text) =>
        Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(Encoding.UTF8.GetBytes(text), File));

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        byte[] bytes = LatencyTableJson.Serialize(Samples.Table());
        bytes[Array.IndexOf(bytes, (byte)'T')] = 0xff;
        Assert.Contains(
            "not UTF-8",
            Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(bytes, File)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Random_bytes_are_refused_with_a_sentence() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(
                bytes =>
                {
                    Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(bytes, File));
                },
                iter: 2000
            );

    /// <summary>An edit either leaves the content as it is (white space) or is refused with a sentence; nothing else happens.</summary>
    [Fact]
    public void Random_edits_leave_the_content_or_are_refused()
    {
        byte[] valid = LatencyTableJson.Serialize(Samples.Table());
        string hash = LatencyTableJson.HashOf(Samples.Table());
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 40], Gen.OneOf(Gen.Byte.Array[0, 4], Json()))
            .Sample(
                (at, removed, inserted) =>
                {
                    byte[] edited = [.. valid[..at], .. inserted, .. valid[Math.Min(valid.Length, at + removed)..]];
                    try
                    {
                        Assert.Equal(hash, LatencyTableJson.HashOf(LatencyTableJson.Parse(edited, File)));
                    }
                    catch (UserErrorException refused)
                    {
                        Assert.StartsWith("T.json: ", refused.Message, StringComparison.Ordinal);
                    }
                },
                iter: 3000
            );

        static Gen<byte[]> Json()
        {
            string[] pieces = ["{", "}", "[", "]", "\"", ",", "null", "1e999", "-0", "\\ud800", "\\u0000", "{\"key\":1},"];
            return Gen.Int[0, pieces.Length - 1].Select(i => Encoding.UTF8.GetBytes(pieces[i]));
        }
    }

    [Fact]
    public void Table_that_could_not_be_read_again_is_not_written()
    {
        var table = new LatencyTable(Samples.Identity, null, [Samples.Measured("conv h8 w16 c16-24 s1", double.NaN)], Samples.Created);
        Assert.Contains(
            "conv h8 w16 c16-24 s1",
            Assert.Throws<ArgumentException>(() => LatencyTableJson.Serialize(table)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Saved_table_loads_again_and_leaves_nothing_beside()
    {
        using var folder = new TemporaryFolder();
        string path = folder["table.json"];

        LatencyTableJson.Save(Samples.Table(), path);
        LatencyTableJson.Save(Samples.Table(), path);

        Assert.Equal(["table.json"], folder.Names());
        Assert.Equal(Samples.Table().Entries, LatencyTableJson.Load(path).Entries);
    }

    [Fact]
    public void Missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder["none.json"];
        Assert.Equal(
            $"{path}: there is no such file: check the path.",
            Assert.Throws<UsageException>(() => LatencyTableJson.Load(path)).Message
        );
    }

    [Fact]
    public void Unwritable_place_is_named()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllText(folder["file"], "");
        string path = Path.Combine(folder["file"], "below", "table.json");
        Assert.Contains(
            path,
            Assert.Throws<UserErrorException>(() => LatencyTableJson.Save(Samples.Table(), path)).Message,
            StringComparison.Ordinal
        );
    }

    private static JsonObject Root() => JsonNode.Parse(LatencyTableJson.Serialize(Samples.Table()))!.AsObject();

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    /// <summary>The sample table's file with the first occurrence of a text replaced.</summary>
    private static byte[] Edited(string text, string edit)
    {
        string json = Encoding.UTF8.GetString(LatencyTableJson.Serialize(Samples.Table()));
        int at = json.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The sample has no {text}.");
        return Encoding.UTF8.GetBytes($"{json[..at]}{edit}{json[(at + text.Length)..]}");
    }
}
