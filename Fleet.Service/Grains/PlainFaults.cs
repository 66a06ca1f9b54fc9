using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Grains;

/// <summary>Faults of the store cross the cluster as their sentence: what a database's driver adds to them cannot.</summary>
internal sealed class PlainFaults : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (StoreUnavailableException away)
        {
            throw new StoreUnavailableException(away.Message);
        }
    }
}
