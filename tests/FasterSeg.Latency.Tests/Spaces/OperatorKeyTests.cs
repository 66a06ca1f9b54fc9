using CsCheck;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Spaces;

public sealed class OperatorKeyTests
{
    [Fact]
    public void Parse_is_the_inverse_of_format() => Specs.Any.Sample(spec => OperatorKey.Parse(OperatorKey.Format(spec)) == spec);

    /// <summary>Texts that are nearly keys: what is read at all is written back as it was.</summary>
    [Fact]
    public void Format_is_the_inverse_of_parse()
    {
        Gen<string> number = Gen.Int[0, 40]
            .Select(n =>
                n == 0 ? "01"
                : n == 40 ? "1000000"
                : $"{n}"
            );
        string[] names =
        [
            "skip",
            "conv",
            "zoomed_conv",
            "conv_2x",
            "zoomed_conv_2x",
            "stem",
            "arm",
            "refine",
            "fusion",
            "head",
            "upsample",
            "concat",
            "Conv",
            "",
        ];
        string[] ends = ["", " s1", " s2", " s3", " s1 k1", " s1 k3", " s2 k3", " x2", " x8", " x1", " s1 ", "\n"];
        int keys = 0;
        Gen.Select(Gen.Int[0, names.Length - 1], number, number, number, number, Gen.Int[0, 1], Gen.Int[0, ends.Length - 1])
            .Sample(
                (name, h, w, first, second, join, end) =>
                {
                    string text = $"{names[name]} h{h} w{w} c{first}{"-+"[join]}{second}{ends[end]}";
                    if (!OperatorKey.TryParse(text, out OperatorSpec? spec))
                        return true;
                    Interlocked.Increment(ref keys);
                    return OperatorKey.Format(spec) == text;
                },
                iter: 20_000
            );
        Assert.True(keys > 500, $"Only {keys} of the texts were keys.");
    }

    [Theory]
    [InlineData("conv h64 w128 c96-192 s2")]
    [InlineData("arm h32 w64 c256-128 s1 k1")]
    [InlineData("upsample h32 w64 c128-128 x2")]
    [InlineData("concat h64 w128 c128+192")]
    public void Documented_keys_are_keys(string key) => Assert.Equal(key, OperatorKey.Parse(key).ToString());

    [Theory]
    [InlineData("conv h64 w128 c96-192")]
    [InlineData("conv h64 w128 c96-192 s3")]
    [InlineData("conv h64 w128 c96+192 s1")]
    [InlineData("conv h64 w128 c96-192 s2 k3")]
    [InlineData("arm h32 w64 c256-128 s1 k3")]
    [InlineData("stem h32 w64 c3-8 s1 k3")]
    [InlineData("upsample h32 w64 c128-64 x2")]
    [InlineData("upsample h32 w64 c128-128 x1")]
    [InlineData("concat h64 w128 c128-192")]
    [InlineData("conv h0 w128 c96-192 s2")]
    [InlineData("conv  h64 w128 c96-192 s2")]
    [InlineData("conv h64 w128 c96-192 s2\n")]
    [InlineData("conv h64 w128 c٣-192 s2")]
    public void Other_text_is_refused_and_quoted(string text) =>
        Assert.Contains(text, Assert.Throws<FormatException>(() => OperatorKey.Parse(text)).Message, StringComparison.Ordinal);
}
