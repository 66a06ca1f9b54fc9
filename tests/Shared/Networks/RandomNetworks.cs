using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Tests;

/// <summary>Generates derived networks of a small space: any depth, common prefix, widths and branch pair.</summary>
public static class RandomNetworks
{
    /// <summary>The space that they belong to; at 96x160 its coarsest map has odd sides.</summary>
    public static SearchSpace Space { get; } = new(96, 160, Fch: 6, [4 / 12.0, 8 / 12.0, 10 / 12.0, 1], Layers: 8, Classes: 5);

    private static readonly Gen<OperatorKind> Operator = Gen.Int[(int)OperatorKind.Conv, (int)OperatorKind.ZoomedConv2x]
        .Select(kind => (OperatorKind)kind);

    /// <summary>A teacher (full width) or student of <see cref="Space"/>.</summary>
    public static Gen<DerivedArchitecture> Networks { get; } =
        from role in Gen.Enum<Role>()
        let ratios = role == Role.Teacher ? [1.0] : Space.WidthRatios.ToArray()
        from shallowEnd in Gen.Int[0, 1]
        from deep in Branch(ratios, end: 2, layers: 8)
        from shallow in Branch(ratios, shallowEnd, layers: 7)
        from copied in Gen.Int[0, 7]
        select new DerivedArchitecture(
            role,
            Space.Fch,
            Space.Classes,
            role == Role.Teacher ? Space.TeacherStemRatio : Space.StudentStemRatio,
            role == Role.Teacher ? Space.TeacherHeadRatio : Space.StudentHeadRatio,
            deep,
            WithPrefixOf(deep, shallow, copied)
        );

    /// <summary>A branch of up to <paramref name="layers"/> layers; those that go down are drawn among all but the last.</summary>
    private static Gen<BranchArchitecture> Branch(double[] ratios, int end, int layers) =>
        from count in Gen.Int[end + 1, layers]
        from downs in Gen.Shuffle(Enumerable.Range(0, count - 1).ToArray(), end)
        from operators in Operator.Array[count]
        from widths in Gen.Int[0, ratios.Length - 1].Select(i => ratios[i]).Array[count - 1]
        select new BranchArchitecture(
            operators,
            [.. Enumerable.Range(0, count).Select(layer => downs.Count(down => down < layer))],
            widths
        );

    /// <summary>Layers of one branch made alike to the other's, so that some are shared.</summary>
    private static BranchArchitecture WithPrefixOf(BranchArchitecture from, BranchArchitecture branch, int copied)
    {
        int layers = Math.Min(copied, Math.Min(from.Layers, branch.Layers) - 1);
        return branch with
        {
            Operators = [.. from.Operators.Take(layers), .. branch.Operators.Skip(layers)],
            Widths = [.. from.Widths.Take(layers), .. branch.Widths.Skip(layers)],
        };
    }
}
