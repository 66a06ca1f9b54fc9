using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>
/// The most probable network by learnt alpha, beta and gamma among those whose estimate lies in a band. The paper takes each row's argmax
/// (Section 3.4), which lands where it lands. This changes rows, one at a time, as long as that helps, then again from disturbed choices.
/// </summary>
/// <param name="learnt">alpha, beta and gamma before their softmax; left as they are.</param>
/// <param name="space">Their space.</param>
/// <param name="role">Student or teacher.</param>
/// <param name="table">Latencies on the target.</param>
/// <param name="band">Where the estimate must lie.</param>
public sealed class BandDerivation(ArchitectureValues learnt, SearchSpace space, Role role, LatencyTable table, LatencyTarget band)
{
    private const int Restarts = 12;
    private const int Disturbed = 4;

    // Beyond any difference of probabilities: outside the band only the way to it counts.
    private const double Outside = 1e6;

    private readonly DerivationLikelihood likelihood = new(learnt, role);

    private readonly record struct Found(ArchitectureValues Keys, double Value);

    /// <summary>The network of a pair.</summary>
    /// <param name="shallowEnd">Scale index at which the shallow branch ends: 1 for 16, 0 for 8.</param>
    /// <param name="seed">Of the disturbances.</param>
    /// <returns>The network and the logarithm of its probability; null where none was found in the band.</returns>
    public (DerivedArchitecture Network, double Logarithm)? Derive(int shallowEnd, int seed = 0)
    {
        var random = new StableRandom(seed, shallowEnd, (int)role);
        Found best = Climb(learnt, shallowEnd);
        for (int restart = 0; restart < Restarts; restart++)
        {
            ArchitectureValues keys = best.Keys.Copy();
            double[][] rows = [.. keys.Rows];
            for (int i = 0; i < Disturbed; i++)
            {
                double[] row = rows[random.Next(rows.Length)];
                Choose(row, random.Next(row.Length));
            }
            Found other = Climb(keys, shallowEnd);
            if (other.Value > best.Value)
                best = other;
        }
        return best.Value > -Outside ? (Derivation.Derive(best.Keys, space, role, shallowEnd), best.Value) : null;
    }

    private Found Climb(ArchitectureValues start, int shallowEnd)
    {
        ArchitectureValues keys = start.Copy();
        double[][] rows = [.. keys.Rows];
        double value = ValueOf(keys, shallowEnd);
        while (true)
        {
            (int Row, int Option, double Value) step = (-1, -1, value);
            for (int row = 0; row < rows.Length; row++)
            {
                double[] before = [.. rows[row]];
                for (int option = 0; option < before.Length; option++)
                {
                    Choose(rows[row], option);
                    if (ValueOf(keys, shallowEnd) is var its && its > step.Value)
                        step = (row, option, its);
                    before.CopyTo(rows[row], 0);
                }
            }
            if (step.Row < 0)
                return new(keys, value);
            Choose(rows[step.Row], step.Option);
            value = step.Value;
        }
    }

    private double ValueOf(ArchitectureValues keys, int shallowEnd)
    {
        DerivedArchitecture network = Derivation.Derive(keys, space, role, shallowEnd);
        double estimate = NetworkEstimate.Of(table, NetworkPlan.Of(network, space)).TotalMs,
            miss = estimate < band.LowMs ? Math.Log(band.LowMs / estimate)
            : estimate > band.HighMs ? Math.Log(estimate / band.HighMs)
            : 0;
        return likelihood.Of(keys, shallowEnd) - (miss > 0 ? Outside * (1 + miss) : 0);
    }

    /// <summary>Makes an option the largest of a row; the others keep their order.</summary>
    private static void Choose(double[] row, int option) => row[option] = row.Max() + 1;
}
