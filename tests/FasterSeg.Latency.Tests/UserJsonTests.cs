using System.Text;
using System.Text.Json;

namespace FasterSeg.Latency.Tests;

/// <summary>JSON that looks sound and cannot be read as text, and what is said of unsound JSON.</summary>
public sealed class UserJsonTests
{
    private sealed record Made(int Number, string Name);

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    [Theory]
    [InlineData("""{ "a": "\ud800" }""", 1)]
    [InlineData("{\n \"\\udc00x\": 1 }", 2)]
    [InlineData("// why\n[\n\"\\ud800\\ud800\",]", 3)]
    public void Half_a_surrogate_pair_is_refused_with_its_line(string json, int line) =>
        Assert.Equal(
            $"c.json: a string in line {line} has half of a surrogate pair (such as \\ud800), which is no character: write the "
                + "character itself, or both halves.",
            Assert.Throws<UserErrorException>(() => UserJson.Of(Encoding.UTF8.GetBytes(json), "c.json")).Message
        );

    [Theory]
    [InlineData("""{ "a": "\ud83d\ude00 \u00e4" }""")]
    [InlineData("{ \"a\": ")]
    [InlineData("")]
    public void Whole_characters_are_left_to_the_parser(string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(UserJson.Of(Encoding.UTF8.GetBytes(json), "c.json").Span));

    [Fact]
    public void Latin_text_is_no_utf8() =>
        Assert.Equal(
            "c.json: it is not UTF-8 text (the first bytes that are none stand in line 2): save it as UTF-8.",
            Assert
                .Throws<UserErrorException>(() => UserJson.Of(Encoding.Latin1.GetBytes("{\n\"a\": \"Stra\u00dfe\" }\n"), "c.json"))
                .Message
        );

    [Fact]
    public void Zeros_are_told_as_that() =>
        Assert.Equal(
            "c.json holds nothing but zeros, as a crash can leave a file: restore it.",
            Assert.Throws<UserErrorException>(() => UserJson.Of(new byte[9], "c.json")).Message
        );

    [Fact]
    public void A_member_of_a_lists_entry_has_its_whole_name_and_a_place_only_where_it_is_the_files()
    {
        var fault = Assert.ThrowsAny<JsonException>(() =>
            JsonSerializer.Deserialize<Made[]>("""[{ "number": "x", "name": "a" }]""", Strict)
        );
        Assert.Equal("'[0].number' is of another kind than belongs there", UserJson.Plain(fault, hasPlace: false));
        Assert.EndsWith(", in line 1, column 17", UserJson.Plain(fault), StringComparison.Ordinal);
        using JsonDocument list = JsonDocument.Parse("[]");
        var kind = Assert.Throws<InvalidOperationException>(() => list.RootElement.GetProperty("a"));
        Assert.Equal("something in it is of another kind than belongs there", UserJson.Plain(kind));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("P", "'P' is an invalid start of a value, in line 1, column 1")]
    [InlineData("{\n \"number\": 1,,", "in line 2, column 14")]
    [InlineData("{", "it ends in the middle, in line 1, column 2")]
    [InlineData("""{ "number": "x", "name": "a" }""", "'number' is of another kind than belongs there, in line 1, column 16")]
    [InlineData("""{ "number": 1 }""", "'name' is missing")]
    [InlineData("""{ "number": 1, "name": null }""", "'name' is null")]
    [InlineData("""{ "number": 1, "name": "a", "more": 2 }""", "'more' is unknown here")]
    public void Fault_is_told_in_plain_words(string json, string expected)
    {
        string plain = UserJson.Plain(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Made>(json, Strict)));
        Assert.Contains(expected, plain, StringComparison.Ordinal);
        foreach (string word in new[] { "LineNumber", "BytePosition", "isFinalBlock", "System.", "FasterSeg", "Path:" })
            Assert.DoesNotContain(word, plain, StringComparison.Ordinal);
    }
}
