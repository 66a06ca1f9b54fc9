using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>Which latencies a space's networks can have by a table, from the cheapest network to the dearest.</summary>
public static class ReachableLatencies
{
    private const int Sample = 200;

    /// <summary>Passes a band that some network of the space may lie in.</summary>
    /// <param name="target">The band as the user has it; <c>auto</c> is taken from networks of the role, and passes.</param>
    /// <param name="space">The space.</param>
    /// <param name="table">Has every operator of the space.</param>
    /// <param name="seed">Of the networks that are looked at first.</param>
    /// <param name="name">The option or key that has the band, for the message.</param>
    /// <param name="role">Whose network.</param>
    /// <exception cref="UsageException">It lies below the cheapest network or above the dearest; the message says what they
    /// take.</exception>
    public static void Require(
        string target,
        SearchSpace space,
        LatencyTable table,
        int seed,
        string name = "searching:target",
        Role role = Role.Student
    )
    {
        LatencyTarget band = TargetBand.Resolve(target, space, table, seed, role);
        // Random networks need no search, and most bands lie among them.
        double[] random =
        [
            .. Enumerable
                .Range(0, Sample)
                .Select(i => EstimateMs(RandomArchitectures.Draw(space, role, unchecked(seed + i)), space, table)),
        ];
        if (band.HighMs >= random.Min() && band.LowMs <= random.Max())
            return;
        (double low, double high) = Of(space, table, role);
        if (band.HighMs >= low && band.LowMs <= high)
            return;
        int digits = band.DigitsBeside(low, high);
        throw new UsageException(
            $"No {role.Name()} of the space lies in the target {band.ToString(digits)}: by the table the cheapest and the dearest take "
                + $"{new LatencyTarget(low, high, band.Batch).ToString(digits)}. Set {name} to a band in that range."
        );
    }

    /// <summary>The cheapest and the dearest network that a descent from several sides comes to, ms.</summary>
    /// <param name="space">The space.</param>
    /// <param name="table">Has every operator of the space.</param>
    /// <param name="role">Whose network.</param>
    public static (double LowMs, double HighMs) Of(SearchSpace space, LatencyTable table, Role role = Role.Student) =>
        (Extreme(space, role, table, sign: 1), -Extreme(space, role, table, sign: -1));

    private static double Extreme(SearchSpace space, Role role, LatencyTable table, int sign) =>
        new[] { 0, 1 }
            .SelectMany(shallowEnd => NetworkChoices.Starts(space).Select(start => Descend(start, shallowEnd, space, role, table, sign)))
            .Min();

    /// <summary>Changes one choice at a time, as long as that helps.</summary>
    private static double Descend(NetworkChoices choices, int shallowEnd, SearchSpace space, Role role, LatencyTable table, int sign)
    {
        double Value() => sign * EstimateMs(choices.Derive(space, role, shallowEnd), space, table);
        double best = Value();
        for (bool helped = true; helped; )
        {
            helped = false;
            for (int place = 0; place < choices.Count; place++)
            {
                int kept = choices[place];
                for (int option = 0; option < choices.Options(place); option++)
                {
                    choices[place] = option;
                    if (Value() is var value && value < best)
                        (best, kept, helped) = (value, option, true);
                }
                choices[place] = kept;
            }
        }
        return best;
    }

    private static double EstimateMs(DerivedArchitecture network, SearchSpace space, LatencyTable table) =>
        NetworkEstimate.Of(table, NetworkPlan.Of(network, space)).TotalMs;
}
