using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Which leases of chains are over, by one node's own clock: those that have given no sign for a term that this node has seen whole. No
/// clock is compared with another's. A node that could not look (it stood still, or the database was away, and with it the agents' signs)
/// begins all terms anew.
/// </summary>
/// <param name="term">How long a lease holds without a sign.</param>
/// <param name="time">The clock.</param>
internal sealed class ChainTerms(TimeSpan term, TimeProvider time)
{
    // Of a term: who did not look for longer knows nothing.
    private const int Looks = 2;

    private readonly Dictionary<long, (long Beat, long Since)> known = [];
    private long? looked;

    /// <summary>Looks at the leases that there are.</summary>
    /// <returns>Those that are over.</returns>
    public IReadOnlyList<ChainPulse> Lapsed(IReadOnlyList<ChainPulse> leased)
    {
        if (looked is { } last && time.GetElapsedTime(last) > term / Looks)
            known.Clear();
        looked = time.GetTimestamp();
        HashSet<long> there = [.. leased.Select(pulse => pulse.Token)];
        foreach (long gone in known.Keys.Where(token => !there.Contains(token)).ToArray())
            known.Remove(gone);
        var lapsed = new List<ChainPulse>();
        foreach (ChainPulse pulse in leased)
        {
            if (!known.TryGetValue(pulse.Token, out var seen) || seen.Beat != pulse.Beat)
                known[pulse.Token] = (pulse.Beat, looked.Value);
            else if (time.GetElapsedTime(seen.Since) >= term)
                lapsed.Add(pulse);
        }
        return lapsed;
    }

    /// <summary>Begins all terms anew: what could not be written may be the agents' signs, too.</summary>
    public void Restart() => known.Clear();
}
