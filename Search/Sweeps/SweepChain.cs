namespace FasterSeg.Search.Sweeps;

/// <summary>A run from its search to its last figure.</summary>
/// <param name="Name">Of its run's folder.</param>
/// <param name="Config">The sweep's copy of its configuration: a file's name.</param>
/// <param name="Table">The sweep's copy of its latency table: a file's name.</param>
/// <param name="Settings">What its chains over seeds have in common: configuration, and name of the settings or the baseline.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Sets">Values on top of the configuration, the seed among them.</param>
/// <param name="Costs">What its phases will look at.</param>
public sealed record SweepChain(
    string Name,
    string Config,
    string Table,
    string Settings,
    int Seed,
    IReadOnlyList<string> Sets,
    IReadOnlyList<PhaseCost> Costs
)
{
    /// <summary>Images that a stage looks at; 1 at least, so that each is a part of the whole.</summary>
    public long Images(SweepStage stage) => Math.Max(1, Costs.Where(cost => cost.Stage == stage).Sum(cost => cost.Images));
}

/// <summary>What a phase of a chain costs, for certain.</summary>
/// <param name="Stage">The stage that it belongs to.</param>
/// <param name="Task">What its progress is called.</param>
/// <param name="Steps">Steps; 0 where there are none.</param>
/// <param name="Images">Images that it looks at, each as often as it does.</param>
public sealed record PhaseCost(SweepStage Stage, string Task, long Steps, long Images);
