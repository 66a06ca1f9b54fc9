using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Membership;

/// <summary>A node's row as the database gives it, beside its cluster's version; named as the columns are. All but the version are null
/// where a cluster has no node.</summary>
internal sealed class MemberLine
{
    public long version { get; init; }
    public string? silo { get; init; }
    public long? etag { get; init; }
    public long? status { get; init; }
    public string? host { get; init; }
    public string? name { get; init; }
    public string? role { get; init; }
    public long? proxy_port { get; init; }
    public long? update_zone { get; init; }
    public long? fault_zone { get; init; }
    public string? suspecters { get; init; }
    public string? started { get; init; }
    public string? alive { get; init; }

    /// <summary>A moment, UTC.</summary>
    public static string Text(DateTime at) => StoreText.Of(new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)));

    /// <summary>The values of a node's row.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="entry">The node.</param>
    /// <param name="etag">The table's version from now on, which is the row's, too.</param>
    public static object Values(string cluster, MembershipEntry entry, long etag) =>
        new
        {
            cluster,
            silo = entry.SiloAddress.ToParsableString(),
            etag,
            status = (long)entry.Status,
            host = StoreText.Clean(entry.HostName ?? ""),
            name = StoreText.Clean(entry.SiloName ?? ""),
            role = StoreText.Clean(entry.RoleName ?? ""),
            proxy_port = (long)entry.ProxyPort,
            update_zone = (long)entry.UpdateZone,
            fault_zone = (long)entry.FaultZone,
            suspecters = StoreText.Json(
                (entry.SuspectTimes ?? []).Select(suspect => new[] { suspect.Item1.ToParsableString(), Text(suspect.Item2) })
            ),
            started = Text(entry.StartTime),
            alive = Text(entry.IAmAliveTime),
        };

    /// <summary>The node.</summary>
    public MembershipEntry Read() =>
        new()
        {
            SiloAddress = SiloAddress.FromParsableString(silo!),
            Status = (SiloStatus)status!.Value,
            HostName = host ?? "",
            SiloName = name ?? "",
            RoleName = role ?? "",
            ProxyPort = (int)proxy_port!.Value,
            UpdateZone = (int)update_zone!.Value,
            FaultZone = (int)fault_zone!.Value,
            SuspectTimes =
            [
                .. StoreText
                    .Parse<string[][]>(suspecters!)
                    .Select(suspect => Tuple.Create(SiloAddress.FromParsableString(suspect[0]), Time(suspect[1]))),
            ],
            StartTime = Time(started!),
            IAmAliveTime = Time(alive!),
        };

    private static DateTime Time(string text) => StoreText.Time(text).UtcDateTime;
}
