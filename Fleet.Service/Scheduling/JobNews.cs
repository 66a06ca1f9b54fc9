using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>What a watcher of a job learns.</summary>
/// <param name="Last">Asks for what comes behind it; numbers hold for one activation.</param>
/// <param name="Entries">What was measured since, as the entries' JSON.</param>
/// <param name="Done">Items that have their entry.</param>
/// <param name="Total">Items.</param>
/// <param name="SecondsLeft">Estimate, s; 0 where nothing is known.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Message">Why it failed.</param>
/// <param name="TableId">Its table, at the end.</param>
[GenerateSerializer]
[Immutable]
internal sealed record JobNews(
    [property: Id(0)] long Last,
    [property: Id(1)] IReadOnlyList<KeptEntry> Entries,
    [property: Id(2)] int Done,
    [property: Id(3)] int Total,
    [property: Id(4)] double SecondsLeft,
    [property: Id(5)] FleetJobState State,
    [property: Id(6)] string Message,
    [property: Id(7)] string? TableId
);

/// <summary>An item that has its entry now.</summary>
/// <param name="Position">Within its job.</param>
/// <param name="Entry">The entry as the device sent it, as JSON.</param>
/// <param name="Factor">The device's latencies over the reference's.</param>
/// <param name="Device">The device.</param>
[GenerateSerializer]
[Immutable]
internal sealed record KeptEntry(
    [property: Id(0)] int Position,
    [property: Id(1)] string Entry,
    [property: Id(2)] double Factor,
    [property: Id(3)] string Device
);
