namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>What a device is to do next.</summary>
/// <param name="Token">The lease; of a calibration a negative number of its own, since nothing of it is leased.</param>
/// <param name="Job">The job that it is of, or for whose way to measure the device is compared.</param>
/// <param name="IsCalibration">Whether its results are compared with those of the reference, and join no table.</param>
/// <param name="Space">The space, as JSON; null where operators are measured for themselves, or a model is.</param>
/// <param name="Settings">How to measure, as <see cref="Way"/> writes it.</param>
/// <param name="File">The model's file; null where operators are measured.</param>
/// <param name="Factor">The device's latencies over the reference's.</param>
/// <param name="Items">What is measured.</param>
[GenerateSerializer]
[Immutable]
internal sealed record StintOffer(
    [property: Id(0)] long Token,
    [property: Id(1)] string Job,
    [property: Id(2)] bool IsCalibration,
    [property: Id(3)] string? Space,
    [property: Id(4)] string Settings,
    [property: Id(5)] string? File,
    [property: Id(6)] double Factor,
    [property: Id(7)] IReadOnlyList<OfferedItem> Items
);

/// <summary>One item of a stint.</summary>
/// <param name="Position">Within its job; below 0 of a calibration, whose results are no items.</param>
/// <param name="Key">The operator's canonical key, or <c>model</c>.</param>
/// <param name="FailedAt">The devices that failed at it.</param>
[GenerateSerializer]
[Immutable]
internal sealed record OfferedItem(
    [property: Id(0)] int Position,
    [property: Id(1)] string Key,
    [property: Id(2)] IReadOnlyList<string> FailedAt
);

/// <summary>A device's sign of life.</summary>
/// <param name="Device">The device.</param>
/// <param name="Leases">The leases that its call knows.</param>
[GenerateSerializer]
[Immutable]
internal sealed record DeviceSign([property: Id(0)] string Device, [property: Id(1)] IReadOnlyList<long> Leases);
