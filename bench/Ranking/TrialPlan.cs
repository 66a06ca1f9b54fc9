using FasterSeg.Latency;

namespace FasterSeg.Bench.Ranking;

/// <summary>Which trainings belong to which question.</summary>
internal static class TrialPlan
{
    /// <summary>The plans' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gate", "gate-long", "band", "others", "rungs", "long"];

    private const int Seeds = 3;
    private const int GateNetworks = 8;

    /// <summary>The trainings of a plan, in the order in which they are worth doing: all networks once before any twice.</summary>
    /// <param name="plan">gate: 8 networks, 3 seeds. gate-long: the same once, four times as long. band: every network of the band, 3
    /// seeds. others: every network of the other bands, 3 seeds. rungs: the band at a quarter of the steps, 3 seeds. long: the band
    /// at four times the steps, once.</param>
    /// <param name="networks">All networks.</param>
    /// <param name="steps">A training's length.</param>
    /// <exception cref="UsageException">There is no such plan.</exception>
    public static IReadOnlyList<Trial> Of(string plan, IReadOnlyList<RankedNetwork> networks, int steps)
    {
        RankedNetwork[] band = [.. networks.Where(network => network.Band == 0)];
        RankedNetwork[] others = [.. networks.Where(network => network.Band != 0)];
        return plan switch
        {
            "gate" => Trials(band.Take(GateNetworks), Seeds, steps),
            "gate-long" => Trials(band.Take(GateNetworks), 1, 4 * steps),
            "band" => Trials(band, Seeds, steps),
            "others" => Trials(others, Seeds, steps),
            "rungs" => Trials(band, Seeds, steps / 4),
            "long" => Trials(band, 1, 4 * steps),
            _ => throw new UsageException($"There is no plan '{plan}': use {string.Join(", ", Names)}."),
        };
    }

    private static Trial[] Trials(IEnumerable<RankedNetwork> networks, int seeds, int steps)
    {
        RankedNetwork[] all = [.. networks];
        return [.. Enumerable.Range(1, seeds).SelectMany(seed => all.Select(network => new Trial(network.Name, seed, steps)))];
    }
}
