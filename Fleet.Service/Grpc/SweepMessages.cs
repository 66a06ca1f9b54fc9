using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Sweeps and chains as messages.</summary>
internal static class SweepMessages
{
    /// <summary>A sweep.</summary>
    public static FleetSweep ToMessage(this SweepRow sweep) =>
        new()
        {
            Id = sweep.Id,
            Place = sweep.Place,
            Owner = sweep.Owner,
            Withdrawn = sweep.Withdrawn,
            Created = ResultMapping.Time(sweep.Created),
            Waiting = sweep.Standing.GetValueOrDefault(ChainStanding.Waiting),
            Leased = sweep.Standing.GetValueOrDefault(ChainStanding.Leased),
            Done = sweep.Standing.GetValueOrDefault(ChainStanding.Done),
            Failed = sweep.Standing.GetValueOrDefault(ChainStanding.Failed),
            Refused = sweep.Standing.GetValueOrDefault(ChainStanding.Refused),
        };

    /// <summary>A chain.</summary>
    public static FleetChain ToMessage(this ChainRow chain) =>
        new()
        {
            Name = chain.Name,
            State = chain.Standing switch
            {
                ChainStanding.Waiting => ChainState.Waiting,
                ChainStanding.Leased => ChainState.Leased,
                ChainStanding.Done => ChainState.Done,
                ChainStanding.Failed => ChainState.Failed,
                ChainStanding.Refused => ChainState.Refused,
                _ => throw new InvalidOperationException($"There is no message for {chain.Standing}."),
            },
            Agent = chain.Agent,
            Latest = chain.Latest,
            Images = chain.Images,
            AllImages = chain.AllImages,
            Message = chain.Message,
            Taken = chain.Taken,
        };
}
