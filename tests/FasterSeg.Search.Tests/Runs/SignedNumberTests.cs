using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

public sealed class SignedNumberTests
{
    [Theory]
    [InlineData(0.0151, "+1.5 %"), InlineData(-0.0021, "-0.2 %"), InlineData(-0.00001, "0.0 %"), InlineData(0.00001, "0.0 %")]
    [InlineData(-0.0, "0.0 %"), InlineData(-0.00051, "-0.1 %"), InlineData(12, "+1200.0 %")]
    public void What_rounds_to_nothing_has_no_sign(double share, string expected) => Assert.Equal(expected, SignedNumber.Percent(share));
}
