using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>What each session needs.</summary>
internal sealed record SessionParts(
    IFleetStore Store,
    ResultWriter Writer,
    DeviceLookups Lookups,
    IGrainFactory Grains,
    SchedulingRules Rules,
    TimeProvider Time
);
