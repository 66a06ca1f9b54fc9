using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Estimating;

/// <summary>
/// Different random networks of a space, from a seed alone: every second one like a teacher, half of either with the branches 32+8, half
/// 32+16. Fewer of them are the first of more.
/// </summary>
public static class NetworkDraw
{
    private const int MostRejections = 2000;

    private static readonly (Role Role, int ShallowEnd)[] Kinds =
    [
        (Role.Teacher, 0),
        (Role.Student, 0),
        (Role.Teacher, 1),
        (Role.Student, 1),
    ];

    /// <summary>Draws one after the other; ends where the space has no more, or hardly any.</summary>
    /// <param name="space">The space.</param>
    /// <param name="seed">Of the sequence.</param>
    /// <param name="purpose">Tells the sequences of one seed apart.</param>
    /// <param name="drawn">Those that were drawn before, with the role of a student: none of them comes again, and each new one is
    /// added.</param>
    public static IEnumerable<DerivedArchitecture> Different(
        SearchSpace space,
        int seed,
        int purpose,
        HashSet<DerivedArchitecture>? drawn = null
    )
    {
        drawn ??= [];
        var seeds = new StableRandom(seed, purpose);
        for (int i = 0; ; i++)
        {
            (Role role, int shallowEnd) = Kinds[i % Kinds.Length];
            DerivedArchitecture network;
            int rejected = 0;
            do
            {
                if (rejected++ > MostRejections)
                    yield break;
                network = RandomArchitectures.Draw(space, role, unchecked((int)seeds.NextBits()), shallowEnd);
            }
            // A student of full width may be the very network that is a teacher too.
            while (!drawn.Add(network with { Role = Role.Student }));
            yield return network;
        }
    }
}
