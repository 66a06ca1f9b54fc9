using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Searching;
using Xunit;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>Which branch pair a derived role gets; the band is 10 to 12 ms.</summary>
public sealed class PairChoiceTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    [Theory]
    [InlineData(11.5, 11, 16, "the faster of two in the target band")]
    [InlineData(9, 9.5, 16, "the one nearer to the target band")]
    [InlineData(13, 14, 8, "the one nearer to the target band")]
    [InlineData(7, 12.5, 16, "the one nearer to the target band")]
    public void Without_mIoU_a_students_band_decides(double with8, double with16, int expected, string reason) =>
        AssertChoice(Choose(Role.Student, with8, with16), expected, reason + "; the supernet's mIoU is not known");

    [Theory]
    [InlineData(0.30, 0.29, 8), InlineData(0.29, 0.30, 16)]
    // 0.300 * 40^-0.07 = 0.2317 and 0.290 * 20^-0.07 = 0.2351: half the latency makes up for a point.
    [InlineData(0.300, 0.290, 16, 40, 20)]
    public void With_mIoU_the_papers_objective_decides(double iou8, double iou16, int expected, double with8 = 11, double with16 = 11) =>
        AssertChoice(
            Choose(Role.Student, with8, with16, iou8, iou16),
            expected,
            "larger supernet mIoU * (latency / target)^-0.07, the paper's rule"
        );

    [Theory]
    [InlineData(11, 9, 8), InlineData(13, 12, 16)]
    public void Of_two_students_of_which_one_lies_in_the_band_it_is_that_one(double with8, double with16, int expected)
    {
        AssertChoice(Choose(Role.Student, with8, with16), expected, "the one in the target band");
        foreach (double iou8 in new[] { 0.1, 0.9 })
        {
            AssertChoice(Choose(Role.Student, with8, with16, iou8, 0.5), expected, "the one in the target band");
            // The released code asks its objective alone.
            Assert.Equal(
                iou8 > 0.5 ? 8 : 16,
                Choose(Role.Student, with8, with16, iou8, 0.5, rule: DerivationRule.Released).Choice.Winner.Architecture.Shallow.LastScale
            );
        }
    }

    [Fact]
    public void Without_mIoU_a_teacher_gets_the_slower_one_as_it_pays_no_latency()
    {
        Assert.Equal(8, Choose(Role.Teacher, 12, 11).Choice.Winner.Architecture.Shallow.LastScale);
        Assert.Equal(16, Choose(Role.Teacher, 11, 12).Choice.Winner.Architecture.Shallow.LastScale);
    }

    [Theory, InlineData(8), InlineData(16)]
    public void What_is_asked_for_is_chosen(int asked) =>
        AssertChoice(Choose(Role.Student, 11, 100, 0.1, 0.9, asked), asked, "asked for with --pair");

    private static void AssertChoice(PairChoice choice, int expected, string reason)
    {
        Assert.Equal((expected, reason), (choice.Choice.Winner.Architecture.Shallow.LastScale, choice.Reason));
        Assert.NotEqual(choice.Choice.Winner.Architecture.Shallow.LastScale, choice.Choice.Other.Architecture.Shallow.LastScale);
    }

    private static PairChoice Choose(
        Role role,
        double with8,
        double with16,
        double? iou8 = null,
        double? iou16 = null,
        int? asked = null,
        DerivationRule rule = DerivationRule.Corrected
    )
    {
        ArchitectureValues values = TinyParameters.Values(Space, role, seed: 3);
        DerivedPair Pair(int shallowEnd, double? iou, double ms) => new(Derivation.Derive(values, Space, role, shallowEnd), iou, ms);
        return PairChoice.Of(Pair(0, iou8, with8), Pair(1, iou16, with16), asked, new LatencyTarget(10, 12), rule);
    }
}
