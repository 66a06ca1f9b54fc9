using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests.Networks;

public sealed class GenotypeTests
{
    private static readonly SearchSpace Space = new(64, 64, 8, [1.0 / 3, 2.0 / 3, 1], Layers: 8, Classes: 5);

    [Fact]
    public void Whatever_varies_is_a_network_of_the_space()
    {
        var random = new StableRandom(1);
        Genotype one = Genotype.Draw(Space, ref random),
            other = Genotype.Draw(Space, ref random);
        for (int i = 0; i < 500; i++)
        {
            (one, other) = (one.Cross(other, ref random).Mutate(0.1, ref random), one);
            DerivedArchitecture student = one.Derive(Space, Role.Student).Validated(),
                teacher = one.Derive(Space, Role.Teacher).Validated();
            Assert.All(student.Branches, branch => Assert.All(branch.Widths, width => Assert.Contains(width, Space.WidthRatios)));
            Assert.All(teacher.Branches, branch => Assert.All(branch.Widths, width => Assert.Equal(1, width)));
        }
    }

    [Fact]
    public void A_child_has_each_row_of_one_of_its_parents_who_stay_as_they_are()
    {
        var random = new StableRandom(2);
        Genotype one = Genotype.Draw(Space, ref random, shallowEnd: 0),
            other = Genotype.Draw(Space, ref random, shallowEnd: 1);
        double[] before = Keys(one),
            others = Keys(other);
        int ofOther = 0,
            pairs = 0;
        for (int i = 0; i < 200; i++)
        {
            Genotype child = one.Cross(other, ref random);
            double[] keys = Keys(child);
            Assert.All(keys.Zip(before.Zip(others)), triple =>
                Assert.True(triple.First == triple.Second.First || triple.First == triple.Second.Second)
            );
            ofOther += keys.Zip(others).Count(pair => pair.First == pair.Second);
            pairs += child.ShallowEnd;
        }
        Assert.InRange(ofOther / (200.0 * before.Length), 0.45, 0.55);
        Assert.InRange(pairs, 70, 130);
        Assert.Equal(before, Keys(one));
        Assert.Equal(others, Keys(other));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    public void A_mutation_draws_a_share_of_the_rows_anew_and_one_at_least(double probability)
    {
        var random = new StableRandom(3);
        Genotype one = Genotype.Draw(Space, ref random);
        double[] before = Keys(one);
        double changed = 0;
        for (int i = 0; i < 300; i++)
        {
            Genotype mutant = one.Mutate(probability, ref random);
            int keys = Keys(mutant).Zip(before).Count(pair => pair.First != pair.Second);
            Assert.True(keys > 0 || mutant.ShallowEnd != one.ShallowEnd);
            changed += keys;
        }
        double one64 = 1.0 / (before.Length / 4.0);
        Assert.InRange(changed / (300 * before.Length), 0.7 * probability, (1.3 * probability) + (2 * one64));
        Assert.Equal(before, Keys(one));
    }

    private static double[] Keys(Genotype genotype) =>
        [
            .. new[] { genotype.Values.Alpha, genotype.Values.Beta, genotype.Values.Gamma }.SelectMany(kind =>
                kind.SelectMany(scale => scale.SelectMany(row => row))
            ),
        ];
}
