using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>What is noted of a chain, as whoever looks at a sweep reads it.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="State">How far it is; <see cref="ChainState.New"/> where that cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null where it can.</param>
internal sealed record ChainReading(SweepChain Chain, ChainState State, string? Fault)
{
    /// <summary>Reads all chains of a sweep; what cannot be read is a fault of its chain alone.</summary>
    public static IReadOnlyList<ChainReading> All(SweepFolder folder) => [.. folder.Sweep.Chains.Select(chain => Of(folder, chain))];

    private static ChainReading Of(SweepFolder folder, SweepChain chain)
    {
        try
        {
            return new(chain, ChainState.Of(folder, chain), Fault: null);
        }
        catch (DamagedRunException fault)
        {
            return new(chain, ChainState.New, fault.Message);
        }
    }
}
