using System.Security.Cryptography;
using System.Text;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// The whole networks that a job measures at its end: which ones, in which order, for how long, and what came of them. All follows from
/// the seed and the table, so that a job that goes on measures the same ones. A session of one of the table's operators goes before each:
/// together they tell how fast the device is by now.
/// </summary>
public sealed class NetworkVisits
{
    /// <summary>Networks that are measured.</summary>
    public const int Networks = 12;

    /// <summary>Most times that each is measured.</summary>
    public const int MostPasses = 7;

    /// <summary>Most measurements of networks in a job.</summary>
    public const int Most = Networks * MostPasses;

    /// <summary>All of it takes no longer than this, seconds.</summary>
    public const double MostSeconds = 60;

    // Of the time that the operators took. A short job's networks are short, too, and have to be seen three times: where others have a part
    // of the machine, one look in twelve is off by tens of percent.
    private const double Share = 0.1,
        SecondsOfShortJob = 12;

    // Apart from the sequences that draw a validation's networks: those take no part in a correction.
    private const int Purpose = 20;

    private readonly LatencyTable table;
    private readonly ulong seed;
    private readonly List<NetworkVisit> done = [];
    private readonly HashSet<int> failed = [];

    /// <summary>Draws the networks of a table's space.</summary>
    /// <param name="table">The table; those that need a part that it has no latency of are left out.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="operatorsSeconds">How long the measuring of the operators took; of a job that went on, its last part.</param>
    public NetworkVisits(LatencyTable table, ulong seed, double operatorsSeconds)
    {
        (this.table, this.seed) = (table, seed);
        var random = new SplitMix64(seed);
        Drawn =
        [
            .. NetworkDraw
                .Different(table.Space!, unchecked((int)seed), Purpose)
                .Take(Networks)
                .Select(network => NetworkPlan.Of(network, table.Space!))
                .Where(plan => plan.Parts.All(part => table.Find(part.Spec) is { Failure: null }))
                .Select(plan => Named(plan, AnOperator(plan, random.Next()))),
        ];
        double job = Math.Max(operatorsSeconds, LeastSeconds(table));
        BudgetSeconds = Math.Min(MostSeconds, Math.Max(Share * job, Math.Min(SecondsOfShortJob, job)));
    }

    /// <summary>A network of the job.</summary>
    /// <param name="Plan">The network.</param>
    /// <param name="Operator">The operator that is measured right before it.</param>
    /// <param name="Name">Both in short.</param>
    public sealed record DrawnNetwork(NetworkPlan Plan, OperatorSpec Operator, string Name);

    /// <summary>The networks.</summary>
    public IReadOnlyList<DrawnNetwork> Drawn { get; }

    /// <summary>How long they may take, with as many passes as fit in and one in any case, seconds: a tenth of what the table's operators
    /// took, or of a short job as long as these, up to 12 s.</summary>
    public double BudgetSeconds { get; }

    /// <summary>How long they have had the device, seconds.</summary>
    public double SpentSeconds { get; private set; }

    /// <summary>What was measured.</summary>
    public IReadOnlyList<NetworkVisit> Done => done;

    /// <summary>How many cannot be measured.</summary>
    public int Failed => failed.Count;

    /// <summary>Takes a measurement in, where it is one of these networks'.</summary>
    /// <returns>False where it is not.</returns>
    public bool Add(NetworkVisit visit)
    {
        if (visit.Number < 0 || visit.Number >= Drawn.Count || Drawn[visit.Number].Name != visit.Network)
            return false;
        done.Add(visit);
        SpentSeconds += visit.Seconds;
        return true;
    }

    /// <summary>Notes that a network cannot be measured; it is not tried again.</summary>
    /// <param name="number">The network.</param>
    /// <param name="seconds">How long it had the device.</param>
    public void Fail(int number, double seconds)
    {
        failed.Add(number);
        SpentSeconds += seconds;
    }

    /// <summary>What to measure next; null at the end. A pass is begun only where it probably ends within the budget, but for the
    /// first.</summary>
    public (int Pass, int Number)? Next()
    {
        for (int pass = 0; pass < MostPasses && SpentSeconds < MostSeconds; pass++)
        {
            HashSet<int> visited = [.. done.Where(visit => visit.Pass == pass).Select(visit => visit.Number)];
            // The first pass has models that were never opened before; so the last one says how long the next takes.
            if (pass > 0 && visited.Count == 0 && SpentSeconds + SecondsOf(pass - 1) > BudgetSeconds)
                return null;
            foreach (int number in new SplitMix64(unchecked(seed + (ulong)pass)).Shuffle(Enumerable.Range(0, Drawn.Count)))
            {
                if (!visited.Contains(number) && !failed.Contains(number))
                    return (pass, number);
            }
        }
        return null;
    }

    /// <summary>The networks that were measured, each with what it would have taken on the device as it was for the table, ms: the drift of
    /// each pass is taken out.</summary>
    public IReadOnlyList<(NetworkPlan Plan, double Ms)> Measured()
    {
        var driftOf = done.GroupBy(visit => visit.Pass)
            .ToDictionary(
                pass => pass.Key,
                pass => pass.Select(visit => visit.Drift).OfType<double>().ToArray() is { Length: > 0 } drifts ? drifts.Median() : 1
            );
        return
        [
            .. done.GroupBy(visit => visit.Number)
                .OrderBy(network => network.Key)
                .Select(network => (Drawn[network.Key].Plan, network.Select(visit => visit.MedianMs / driftOf[visit.Pass]).Median())),
        ];
    }

    /// <summary>How many were measured in a pass so far.</summary>
    public int In(int pass) => done.Count(visit => visit.Pass == pass);

    private double SecondsOf(int pass) => done.Where(visit => visit.Pass == pass).Sum(visit => visit.Seconds);

    /// <summary>What the samples of a table's operators took at least, and the building of their models, seconds.</summary>
    private static double LeastSeconds(LatencyTable table) =>
        table.Entries.Sum(entry =>
            entry.Spread is { } spread ? (spread.Sessions * (entry.BuildMs ?? 0)) + (spread.Samples * spread.MeanMs) : 0
        ) / 1000;

    /// <summary>One of a network's operators, drawn by their share of its time.</summary>
    private OperatorSpec AnOperator(NetworkPlan plan, ulong bits)
    {
        double at = (bits >> 11) * (1.0 / (1UL << 53)) * plan.Parts.Sum(part => table.Find(part.Spec)!.MedianMs);
        foreach (NetworkPart part in plan.Parts)
        {
            at -= table.Find(part.Spec)!.MedianMs;
            if (at < 0)
                return part.Spec;
        }
        return plan.Parts[0].Spec;
    }

    private static DrawnNetwork Named(NetworkPlan plan, OperatorSpec spec)
    {
        string keys = string.Join('\n', plan.Parts.Select(part => part.Spec).Prepend(spec));
        return new(plan, spec, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keys)))[..16]);
    }
}
