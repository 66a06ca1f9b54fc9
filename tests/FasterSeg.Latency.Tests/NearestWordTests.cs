using CsCheck;

namespace FasterSeg.Latency.Tests;

public class NearestWordTests
{
    private static readonly Gen<string> Word = Gen.String[Gen.Char['a', 'd'], 0, 8];

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("searching:epoch", "searching:epochs", 1)]
    [InlineData("CropHeight", "cropheight", 0)]
    public void Distance_counts_edits_without_regard_to_case(string a, string b, int expected) =>
        Assert.Equal(expected, NearestWord.Distance(a, b));

    [Fact]
    public void Distance_is_symmetric_and_keeps_the_triangle_inequality() =>
        Gen.Select(Word, Word, Word)
            .Sample(
                (a, b, c) =>
                {
                    Assert.Equal(NearestWord.Distance(a, b), NearestWord.Distance(b, a));
                    Assert.True(NearestWord.Distance(a, c) <= NearestWord.Distance(a, b) + NearestWord.Distance(b, c));
                }
            );

    [Fact]
    public void Find_returns_the_closest_candidate() => Assert.Equal("height", NearestWord.Find("heigth", ["width", "height", "fch"]));
}
