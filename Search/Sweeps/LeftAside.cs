using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Search.Sweeps;

/// <summary>What an agent could not begin, and leaves to others for a while.</summary>
/// <param name="time">For how long.</param>
internal sealed class LeftAside(TimeSpan time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> sweeps = [],
        chains = [];
    private readonly HashSet<string> told = [];

    /// <summary>Leaves a sweep aside.</summary>
    /// <returns>Whether that is new.</returns>
    public bool AddSweep(string id) => Add(sweeps, id);

    /// <summary>Leaves a chain aside.</summary>
    /// <returns>Whether that is new.</returns>
    public bool AddChain(string name) => Add(chains, name);

    /// <summary>Tells the fleet.</summary>
    public void AddTo(TakeRequest request)
    {
        lock (gate)
        {
            Forget(sweeps);
            Forget(chains);
            request.WithoutSweeps.Add(sweeps.Keys);
            request.WithoutChains.Add(chains.Keys);
        }
    }

    private bool Add(Dictionary<string, long> to, string name)
    {
        lock (gate)
        {
            to[name] = Environment.TickCount64;
            return told.Add(name);
        }
    }

    private void Forget(Dictionary<string, long> of)
    {
        foreach (
            string name in of.Where(each => Environment.TickCount64 - each.Value > time.TotalMilliseconds)
                .Select(each => each.Key)
                .ToArray()
        )
            of.Remove(name);
    }
}
