using FasterSeg.Latency;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Profiler.Client;

/// <summary>A fleet as an agent sees it: who hands out chains of sweeps. Each call may be made again where its answer got lost.</summary>
public interface IChainFleet
{
    /// <summary>Asks for a chain.</summary>
    /// <exception cref="FleetAwayException">It cannot be asked at present.</exception>
    /// <exception cref="UserErrorException">It refuses.</exception>
    Task<TakeResponse> TakeAsync(TakeRequest request, CancellationToken cancellation);

    /// <summary>Keeps leases alive.</summary>
    /// <exception cref="FleetAwayException">It cannot be asked at present.</exception>
    /// <exception cref="UserErrorException">It refuses.</exception>
    Task<RenewResponse> RenewAsync(RenewRequest request, CancellationToken cancellation);

    /// <summary>Tells how a chain ended.</summary>
    /// <exception cref="FleetAwayException">It cannot be asked at present.</exception>
    /// <exception cref="UserErrorException">It refuses.</exception>
    Task<ReportResponse> ReportAsync(ReportRequest request, CancellationToken cancellation);

    /// <summary>Leaves a chain to others.</summary>
    /// <exception cref="FleetAwayException">It cannot be asked at present.</exception>
    /// <exception cref="UserErrorException">It refuses.</exception>
    Task<GiveBackResponse> GiveBackAsync(GiveBackRequest request, CancellationToken cancellation);
}
