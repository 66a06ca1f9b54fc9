namespace FasterSeg.Latency.Tests;

public class PluralTests
{
    [Theory]
    [InlineData(0, "0 epochs")]
    [InlineData(1, "1 epoch")]
    [InlineData(2, "2 epochs")]
    [InlineData(12345, "12345 epochs")]
    public void One_is_no_several(long number, string expected) => Assert.Equal(expected, Plural.Of(number, "epoch"));

    [Fact]
    public void A_word_may_have_a_plural_of_its_own()
    {
        Assert.Equal(("1 entry", "2 entries"), (Plural.Of(1, "entry", "entries"), Plural.Of(2, "entry", "entries")));
        Assert.Equal(("is", "are"), (Plural.Word(1, "is", "are"), Plural.Word(0, "is", "are")));
    }
}
