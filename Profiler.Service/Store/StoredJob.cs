using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>Measuring, or about to go on after the service was stopped.</summary>
    Running,

    /// <summary>Its table is finished.</summary>
    Done,

    /// <summary>It ended without a table; asked for again, it goes on.</summary>
    Failed,

    /// <summary>A client stopped it; asked for again, it goes on.</summary>
    Cancelled,
}

/// <summary>A table job as it is remembered.</summary>
/// <param name="Id">Names the job.</param>
/// <param name="Space">The space that is measured.</param>
/// <param name="Settings">How it is measured.</param>
/// <param name="Identity">What its numbers are comparable with.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Message">Why it failed; empty otherwise.</param>
/// <param name="TableId">Its table; null before.</param>
/// <param name="Created">When it was first asked for.</param>
/// <param name="Updated">When it last changed its state.</param>
public sealed record StoredJob(
    string Id,
    SearchSpace Space,
    MeasurementSettings Settings,
    TableIdentity Identity,
    JobState State,
    string Message,
    string? TableId,
    DateTimeOffset Created,
    DateTimeOffset Updated
)
{
    /// <summary>The client that it belongs to; null where nobody noted it.</summary>
    public string? Owner { get; init; }

    /// <summary>Sessions that its table takes at least; null where nobody noted it.</summary>
    public int? Sessions { get; init; }

    /// <summary>How long it waits for a device in quiet, in all; null where who asked for it left that to the service.</summary>
    public TimeSpan? Quiet { get; init; }
}
