using System.Text;
using FasterSeg.Latency.Tables;
using FasterSeg.Latency.Tests.Tables;

namespace FasterSeg.Latency.Tests;

public sealed class UserTextTests
{
    [Fact]
    public void Byte_order_mark_is_read_over() =>
        Assert.Equal("{}"u8.ToArray(), UserText.Of(new byte[] { 0xef, 0xbb, 0xbf, (byte)'{', (byte)'}' }, "c.json").ToArray());

    [Fact]
    public void Text_is_left_as_it_is() =>
        Assert.Equal("{\"ä\": 1}"u8.ToArray(), UserText.Of("{\"ä\": 1}"u8.ToArray(), "c.json").ToArray());

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void Other_encodings_are_refused_by_name_with_a_mark_or_without(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] text = encoding.GetBytes("{\"a\": 1}");
        foreach (byte[] bytes in new[] { text, [.. encoding.GetPreamble(), .. text] })
        {
            Assert.StartsWith(
                "c.json is text in UTF-16 or UTF-32, and only UTF-8 is read: save it as UTF-8",
                Assert.Throws<UserErrorException>(() => UserText.Of(bytes, "c.json")).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Another_kind_is_called_by_its_name() =>
        Assert.Equal(
            "c.json is a PNG picture, and a list of keys was expected: name the right file.",
            Assert
                .Throws<UserErrorException>(() =>
                    UserText.Of(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, "c.json", "a list of keys")
                )
                .Message
        );

    [Fact]
    public void Table_with_a_mark_is_the_table()
    {
        byte[] table = LatencyTableJson.Serialize(Samples.Table()),
            marked = [0xef, 0xbb, 0xbf, .. table];
        Assert.Equal(LatencyTableJson.HashOf(Samples.Table()), LatencyTableJson.HashOf(LatencyTableJson.Parse(marked, "t.json")));
        Assert.Equal(LatencyTableJson.HashOf(Samples.Table()), LatencyTableJson.HashOf(LatencyTableImport.Parse(marked, "t.json")));
    }
}
