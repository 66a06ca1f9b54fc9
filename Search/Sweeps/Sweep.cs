using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>A sweep as it was planned. It does not change afterwards.</summary>
/// <param name="Format">Of the file.</param>
/// <param name="Created">When it was planned, UTC.</param>
/// <param name="Data">The images.</param>
/// <param name="Profiler">Who measures networks: an address, or <see cref="SweepOptions.Local"/>; null is nobody.</param>
/// <param name="Pool">The pool of a fleet.</param>
/// <param name="Retries">How often a stage that has failed is tried again.</param>
/// <param name="Stages">The parts of each chain.</param>
/// <param name="Chains">The chains, in the order in which they are begun.</param>
public sealed record Sweep(
    int Format,
    DateTimeOffset Created,
    string Data,
    string? Profiler,
    string? Pool,
    int Retries,
    IReadOnlyList<SweepStage> Stages,
    IReadOnlyList<SweepChain> Chains
)
{
    /// <summary>The format that this program writes.</summary>
    public const int Newest = 1;

    /// <summary>Passes what this program would have written.</summary>
    /// <exception cref="FormatException">Something in it cannot be.</exception>
    internal Sweep Checked()
    {
        if (Format != Newest)
            throw new FormatException(FormattableString.Invariant($"its format is {Format}, and this version knows {Newest}"));
        if (Stages.Count == 0 || Stages[0] != SweepStage.Search || !Stages.SequenceEqual(Stages.Distinct().Order()))
            throw new FormatException("its stages are not in order");
        SweepChain[] chains = RunFile.Entries<SweepChain>([.. Chains]);
        if (chains.Length == 0)
            throw new FormatException("it has no chain");
        foreach (SweepChain chain in chains)
        {
            // Whatever was written there, nothing outside of the sweep is touched.
            foreach (string name in new[] { chain.Name, chain.Config, chain.Table })
            {
                if (!SweepOptions.IsName(Path.GetFileNameWithoutExtension(name)) || Path.GetFileName(name) != name)
                    throw new FormatException($"'{name}' is the name of no chain or file");
            }
            RunFile.Entries<string>([.. chain.Sets]);
            foreach (PhaseCost cost in RunFile.Entries<PhaseCost>([.. chain.Costs]))
            {
                RunFile.Amount(cost.Steps, "steps");
                RunFile.Amount(cost.Images, "images");
            }
        }
        if (chains.DistinctBy(chain => chain.Name, StringComparer.OrdinalIgnoreCase).Count() < chains.Length)
            throw new FormatException("two of its chains have one name");
        return this;
    }
}
