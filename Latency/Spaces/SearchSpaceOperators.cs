namespace FasterSeg.Latency.Spaces;

/// <summary>Enumerates the operators of a <see cref="SearchSpace"/>.</summary>
internal static class SearchSpaceOperators
{
    public static readonly OperatorKind[] SearchedKinds =
    [
        OperatorKind.Skip,
        OperatorKind.Conv,
        OperatorKind.ZoomedConv,
        OperatorKind.Conv2x,
        OperatorKind.ZoomedConv2x,
    ];

    public static IReadOnlyList<OperatorSpec> All(SearchSpace space, bool full) =>
        [.. Searched(space).Concat(Fixed(space, full)).Distinct().OrderBy(spec => spec.ToString(), StringComparer.Ordinal)];

    public static IReadOnlyList<OperatorSpec> Searched(SearchSpace space)
    {
        var specs = new List<OperatorSpec>();
        foreach (int scale in SearchSpace.Scales)
        {
            foreach (int stride in scale == SearchSpace.Scales[^1] ? [1] : new[] { 1, 2 })
                specs.AddRange(
                    from kind in SearchedKinds
                    from inRatio in space.WidthRatios
                    from outRatio in space.WidthRatios
                    select new OperatorSpec(
                        kind,
                        space.Height / scale,
                        space.Width / scale,
                        space.Channels(scale, inRatio),
                        space.Channels(scale * stride, outRatio),
                        stride
                    )
                );
        }
        return specs;
    }

    public static IReadOnlyList<OperatorSpec> Fixed(SearchSpace space, bool full)
    {
        var specs = new List<OperatorSpec>();
        specs.AddRange(FixedOfRole(space, space.TeacherStemRatio, space.TeacherHeadRatio, [space.FullRatio], full));
        specs.AddRange(FixedOfRole(space, space.StudentStemRatio, space.StudentHeadRatio, space.WidthRatios, full));
        return [.. specs.Distinct()];
    }

    /// <summary>The fixed parts of teacher or student: whichever maps its branches can leave at 1/8 and 1/16.</summary>
    private static IEnumerable<OperatorSpec> FixedOfRole(
        SearchSpace space,
        double stem,
        double head,
        IReadOnlyList<double> mapRatios,
        bool full
    )
    {
        foreach (OperatorSpec spec in StemOf(space, stem))
            yield return spec;

        // 32 -> 16 and 16 -> 8: arm, x2, concatenation with the branch's last map there (its channels depend on the
        // search), refinement. The two branches meet at 1/8.
        foreach (int scale in new[] { 32, 16 })
        {
            int rows = space.Height / scale,
                columns = space.Width / scale;
            int channels = space.Channels(scale / 2, head);
            yield return new(OperatorKind.Arm, rows, columns, space.Channels(scale, head), channels);
            yield return new(OperatorKind.Upsample, rows, columns, channels, channels, 2);
            foreach (double ratio in mapRatios.Append(head).Distinct())
            {
                int joined = channels + space.Channels(scale / 2, ratio);
                yield return new(OperatorKind.Concat, rows * 2, columns * 2, channels, joined);
                yield return new(OperatorKind.Refine, rows * 2, columns * 2, joined, channels);
            }
        }
        int eighthRows = space.Height / 8,
            eighthColumns = space.Width / 8,
            last = space.Channels(8, head);
        yield return new(OperatorKind.Concat, eighthRows, eighthColumns, last, 2 * last);
        yield return new(OperatorKind.Fusion, eighthRows, eighthColumns, 2 * last, 2 * last);
        yield return new(OperatorKind.Head, eighthRows, eighthColumns, 2 * last, space.Classes);
        if (full)
            yield return new(OperatorKind.Upsample, eighthRows, eighthColumns, space.Classes, space.Classes, 8);
    }

    /// <summary>The stem: a convolution to 1/2, then conv_2x to 1/4 and to 1/8.</summary>
    public static IReadOnlyList<OperatorSpec> StemOf(SearchSpace space, double ratio)
    {
        int quarter = space.Channels(4, ratio),
            eighth = space.Channels(8, ratio);
        return
        [
            new(OperatorKind.Stem, space.Height, space.Width, 3, quarter, 2),
            new(OperatorKind.Conv2x, space.Height / 2, space.Width / 2, quarter, eighth, 2),
            new(OperatorKind.Conv2x, space.Height / 4, space.Width / 4, eighth, eighth, 2),
        ];
    }
}
