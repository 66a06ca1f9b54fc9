using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Validating;

/// <summary>
/// Draws a validation's networks and the order in which they are measured, from the seed alone. Those for reporting do not depend on
/// how many there are for fitting, and fewer of them are the first of more.
/// </summary>
public static class ValidationDraw
{
    // Apart from the sequences that draw networks.
    private const int OrderKey = 1000;

    /// <summary>Different networks of a space, the reporting ones first: half of each use teachers, half of either with the branches 32+8,
    /// half 32+16.</summary>
    /// <exception cref="UserErrorException">The space has too few networks.</exception>
    public static IReadOnlyList<(NetworkUse Use, DerivedArchitecture Architecture)> Networks(SearchSpace space, ValidationSettings settings)
    {
        var drawn = new HashSet<DerivedArchitecture>();
        return
        [
            .. Some(NetworkUse.Reporting, settings.Reporting, space, settings.Seed, drawn).ToArray(),
            .. Some(NetworkUse.Fitting, settings.Fitting, space, settings.Seed, drawn).ToArray(),
        ];
    }

    /// <summary>The networks' numbers in the order of each pass; both uses and all kinds are mixed, so that a drift of the device tells on
    /// none alone.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Order(ValidationSettings settings) =>
        [
            .. Enumerable
                .Range(0, settings.Passes)
                .Select(pass =>
                    (IReadOnlyList<int>)
                        [
                            .. new StableRandom(settings.Seed, OrderKey, pass)
                                .Permutation(settings.Reporting + settings.Fitting)
                                .Select(i => i + 1),
                        ]
                ),
        ];

    private static IEnumerable<(NetworkUse, DerivedArchitecture)> Some(
        NetworkUse use,
        int count,
        SearchSpace space,
        int seed,
        HashSet<DerivedArchitecture> drawn
    )
    {
        DerivedArchitecture[] some = [.. NetworkDraw.Different(space, seed, (int)use, drawn).Take(count)];
        return some.Length < count
            ? throw new UserErrorException(
                $"The space {space} has too few different networks: {drawn.Count} were found. Ask for fewer with --networks and --fitting."
            )
            : some.Select(network => (use, network));
    }
}
