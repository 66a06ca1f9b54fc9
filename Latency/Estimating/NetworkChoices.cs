using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Estimating;

/// <summary>
/// A network as a list of choices, each of which can be changed alone: where its branches go down, and for each place of the supernet the
/// operator, whether a branch that can leaves it out, and the width. Each list is a network, and each network of the space is one of them,
/// but for which layers are left out where more would like to be than may.
/// </summary>
internal sealed class NetworkChoices
{
    // Which row of beta at 1/16 the shallow branch follows, and which at 1/16 and 1/32 the deep one.
    private const int Paths = 3;

    private readonly int[] choices;
    private readonly int[] alphaRows,
        gammaRows;
    private readonly int rowsAt16,
        rowsAt32,
        operators,
        widths;

    private NetworkChoices(SearchSpace space)
    {
        operators = SearchSpace.SearchedKinds.Count - 1;
        widths = space.WidthRatios.Count;
        (rowsAt16, rowsAt32) = (space.Layers - 2, space.Layers - 3);
        alphaRows = [.. Enumerable.Range(0, 3).Select(scale => space.Layers - scale)];
        gammaRows = [.. Enumerable.Range(0, 3).Select(scale => MapRows.Count(space, scale))];
        choices = new int[Paths + alphaRows.Sum() + gammaRows.Sum()];
    }

    /// <summary>How many choices there are.</summary>
    public int Count => choices.Length;

    /// <summary>A choice.</summary>
    public int this[int place]
    {
        get => choices[place];
        set => choices[place] = value;
    }

    /// <summary>How many options a choice has.</summary>
    public int Options(int place) =>
        place < Paths ? (place == Paths - 1 ? rowsAt32 : rowsAt16)
        : place < Paths + alphaRows.Sum() ? 2 * operators
        : widths;

    /// <summary>Lists that go down early, in the middle and late, left out and narrow as far as can be, and not at all.</summary>
    public static IEnumerable<NetworkChoices> Starts(SearchSpace space)
    {
        foreach (bool isSmall in new[] { true, false })
        {
            foreach (int quarter in new[] { 0, 2, 4 })
            {
                var start = new NetworkChoices(space);
                for (int place = 0; place < start.Count; place++)
                {
                    int last = start.Options(place) - 1;
                    start[place] =
                        place < Paths ? last * quarter / 4
                        // Two convolutions, the largest operator, are the last but one.
                        : place < Paths + start.alphaRows.Sum() ? (isSmall ? start.operators : start.operators - 2)
                        : isSmall ? 0
                        : last;
                }
                yield return start;
            }
        }
    }

    /// <summary>The network.</summary>
    /// <param name="space">Its space.</param>
    /// <param name="role">A teacher has full width and leaves no layer out, whatever the list says.</param>
    /// <param name="shallowEnd">Scale index at which the shallow branch ends: 1 for 16, 0 for 8.</param>
    public DerivedArchitecture Derive(SearchSpace space, Role role, int shallowEnd)
    {
        int next = Paths;
        double[][][] alpha = [.. alphaRows.Select(rows => Enumerable.Range(0, rows).Select(_ => Alpha(choices[next++])).ToArray())],
            gamma = [.. gammaRows.Select(rows => Enumerable.Range(0, rows).Select(_ => Chosen(widths, choices[next++])).ToArray())];
        // The shallow branch takes the best row at 1/16. The deep one takes the best pair of rows that it may: its own row at 1/32
        // outweighs all, and at 1/16 its own is the next best.
        double[][] at16 =

            [
                .. Enumerable
                    .Range(0, rowsAt16)
                    .Select(row =>
                        Down(
                            row == choices[0] ? 4
                            : row == choices[1] ? 2
                            : 0
                        )
                    ),
            ],
            at32 = [.. Enumerable.Range(0, rowsAt32).Select(row => Down(row == choices[2] ? 8 : -8))];
        return Derivation.Derive(
            new(
                alpha,
                [
                    [],
                    at16,
                    at32,
                ],
                gamma
            ),
            space,
            role,
            shallowEnd
        );
    }

    /// <summary>The first half of the options are the operators. In the second half a branch that can leaves the layer out, and one that
    /// cannot has the operator.</summary>
    private double[] Alpha(int option)
    {
        double[] row = Chosen(operators + 1, 1 + (option % operators));
        row[0] = option < operators ? -8 : 8;
        return row;
    }

    private static double[] Chosen(int count, int option)
    {
        var row = new double[count];
        row[option] = 1;
        return row;
    }

    private static double[] Down(double weight) => [weight, 0];
}
