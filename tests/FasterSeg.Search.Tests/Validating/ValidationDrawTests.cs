using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Validating;
using Xunit;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>Which networks are reported on and which are fitted on is fixed by the seed alone.</summary>
public sealed class ValidationDrawTests
{
    private static readonly Gen<ValidationSettings> Settings =
        from reporting in Gen.Int[4, 30]
        from fitting in Gen.Int[0, 20]
        from seed in Gen.Int
        from passes in Gen.Int[1, 3]
        select MadeValidations.Settings(reporting, fitting, seed, passes);

    [Fact]
    public void No_network_occurs_twice_and_none_is_both_reported_and_fitted_on() =>
        Settings.Sample(
            settings =>
            {
                var drawn = ValidationDraw.Networks(MadeValidations.Space, settings);
                Assert.Distinct(drawn.Select(one => one.Architecture with { Role = Role.Student }));
                Assert.Equal(settings.Reporting, drawn.Count(one => one.Use == NetworkUse.Reporting));
                Assert.All(drawn.Skip(settings.Reporting), one => Assert.Equal(NetworkUse.Fitting, one.Use));
            },
            iter: 30
        );

    [Fact]
    public void Half_are_teachers_and_half_of_either_have_each_pair_of_branches()
    {
        var drawn = ValidationDraw.Networks(MadeValidations.Space, MadeValidations.Settings(reporting: 40, fitting: 20));
        foreach (var (use, count) in new[] { (NetworkUse.Reporting, 40), (NetworkUse.Fitting, 20) })
        {
            var kinds = drawn
                .Where(one => one.Use == use)
                .GroupBy(one => (one.Architecture.Role, one.Architecture.Shallow.LastScale))
                .ToDictionary(group => group.Key, group => group.Count());
            Assert.Equal(4, kinds.Count);
            Assert.All(kinds.Values, kind => Assert.Equal(count / 4, kind));
        }
        foreach (var (_, architecture) in drawn.Where(one => one.Architecture.Role == Role.Teacher))
        {
            Assert.All(architecture.Branches.SelectMany(branch => branch.Widths), width =>
                Assert.Equal(MadeValidations.Space.FullRatio, width)
            );
            Assert.Equal(
                (MadeValidations.Space.TeacherStemRatio, MadeValidations.Space.TeacherHeadRatio),
                (architecture.StemRatio, architecture.HeadRatio)
            );
        }
        Assert.All(drawn.Where(one => one.Architecture.Role == Role.Student), one =>
            Assert.Equal(MadeValidations.Space.StudentHeadRatio, one.Architecture.HeadRatio)
        );
    }

    [Fact]
    public void What_is_reported_on_depends_on_neither_the_fitting_nor_on_how_many_there_are() =>
        Settings.Sample(
            settings =>
            {
                var drawn = ValidationDraw.Networks(MadeValidations.Space, settings);
                var more = ValidationDraw.Networks(
                    MadeValidations.Space,
                    settings with
                    {
                        Reporting = settings.Reporting + 5,
                        Fitting = 2,
                        Passes = settings.Passes + 1,
                    }
                );
                Assert.Equal(drawn.Take(settings.Reporting), more.Take(settings.Reporting));
                Assert.Equal(drawn, ValidationDraw.Networks(MadeValidations.Space, settings));
            },
            iter: 30
        );

    [Fact]
    public void Another_seed_draws_other_networks()
    {
        var one = ValidationDraw.Networks(MadeValidations.Space, MadeValidations.Settings(seed: 1));
        var other = ValidationDraw.Networks(MadeValidations.Space, MadeValidations.Settings(seed: 2));
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Each_pass_has_every_network_once_in_an_order_of_its_own_that_mixes_the_uses()
    {
        var order = ValidationDraw.Order(MadeValidations.Settings(reporting: 20, fitting: 20, passes: 2));
        Assert.Equal(2, order.Count);
        Assert.All(order, pass => Assert.Equal(Enumerable.Range(1, 40), pass.Order()));
        Assert.NotEqual(order[0], order[1]);
        Assert.All(order, pass => Assert.InRange(pass.Take(20).Count(number => number <= 20), 4, 16));
    }
}
