using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Grains;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Why nobody measures for a job.</summary>
internal sealed class JobPauses(IGrainFactory grains, ResultWriter writer)
{
    /// <summary>The reason, as the end of a sentence; null where somebody measures, or may, and where nobody can say.</summary>
    public async Task<string?> OfAsync(string pool, string job)
    {
        if (writer.Stalled is { } full)
            return full.TrimEnd('.');
        try
        {
            return await grains.GetGrain<IPool>(pool).PausedAsync(job);
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // A node has just died: its pools come to life elsewhere.
            return null;
        }
    }
}
