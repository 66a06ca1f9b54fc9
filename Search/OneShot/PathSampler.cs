using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Which networks the shared weights are trained by: spread evenly over latency from half to twice the target, and so chosen that every
/// operator of every cell, at every width, gets its turn (fair in the sense of Chu et al., 2021). Networks drawn plainly are mostly of one
/// latency, and a part of theirs that is rarely drawn stays untrained.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="table">Latencies on the target.</param>
/// <param name="targetMs">The latency that the search aims at, ms.</param>
/// <param name="seed">Decides all.</param>
/// <param name="rivals">Candidates of a latency, of which the one is taken whose parts had the fewest turns; 1 takes any.</param>
public sealed class PathSampler(SearchSpace space, LatencyTable table, double targetMs, int seed, int rivals = 12)
{
    private const int Bins = 8;

    // Drawn anew for each epoch; some thousand take a fraction of a second.
    private const int Pool = 2048;

    // What a part shares with others: its operator's weights, and the norms of its width.
    private readonly record struct Turn(int Layer, int Scale, int Stride, OperatorKind? Kind, int? Channels);

    private sealed record Candidate(NetworkPlan Plan, Turn[] Turns);

    /// <summary>The networks of an epoch, a pure function of seed and epoch: an interrupted one goes on as it would have.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="count">Networks.</param>
    public IReadOnlyList<NetworkPlan> Epoch(int epoch, int count)
    {
        var random = new StableRandom(seed, epoch, count);
        Candidate[][] bins = Draw(ref random);
        var used = new Dictionary<Turn, int>();
        var chosen = new NetworkPlan[count];
        int[] order = [];
        for (int i = 0; i < count; i++)
        {
            if (i % bins.Length == 0)
                order = random.Permutation(bins.Length);
            Candidate[] bin = bins[order[i % bins.Length]];
            Candidate best = bin[random.Next(bin.Length)];
            double rarity = Rarity(best);
            for (int rival = 1; rival < rivals; rival++)
            {
                Candidate other = bin[random.Next(bin.Length)];
                if (Rarity(other) is var its && its > rarity)
                    (best, rarity) = (other, its);
            }
            foreach (Turn turn in best.Turns)
                used[turn] = used.GetValueOrDefault(turn) + 1;
            chosen[i] = best.Plan;
        }
        return chosen;

        double Rarity(Candidate candidate) => candidate.Turns.Average(turn => 1.0 / (1 + used.GetValueOrDefault(turn)));
    }

    private Candidate[][] Draw(ref StableRandom random)
    {
        var bins = new List<Candidate>[Bins];
        for (int bin = 0; bin < Bins; bin++)
            bins[bin] = [];
        for (int i = 0; i < Pool; i++)
        {
            NetworkPlan plan = NetworkPlan.Of(Genotype.Draw(space, ref random).Derive(space, Role.Student), space);
            // Even on a logarithmic scale: -1 is half of the target, 1 twice.
            double octaves = Math.Log2(NetworkEstimate.Of(table, plan).TotalMs / targetMs);
            int bin = Math.Clamp((int)Math.Floor((octaves + 1) / 2 * Bins), 0, Bins - 1);
            bins[bin].Add(new(plan, TurnsOf(plan)));
        }
        return [.. bins.Where(bin => bin.Count > 0).Select(bin => bin.ToArray())];
    }

    private static Turn[] TurnsOf(NetworkPlan plan) =>
        [
            .. plan
                .Parts.Where(part => part.Layer is not null)
                .SelectMany(part =>
                {
                    int layer = part.Layer!.Value,
                        scale = plan.Architecture.Branches[part.Branches[0]].Path[layer];
                    return new[]
                    {
                        new Turn(layer, scale, part.Spec.Stride, part.Spec.Kind, null),
                        new Turn(layer, scale, part.Spec.Stride, null, part.Spec.OutChannels),
                    };
                }),
        ];
}
