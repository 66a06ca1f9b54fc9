using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Whether somebody else works on the device: what it takes in quiet, kept across jobs by its identity, and a look at the machine now.
/// </summary>
/// <param name="paces">The history.</param>
/// <param name="probe">Looks at the machine; null where it tells nothing of the device.</param>
public sealed class DeviceLoad(DevicePaces paces, IHostProbe? probe)
{
    private const string Memory = "memory",
        Arithmetic = "arithmetic",
        SlowMemory = "memory, a slow reading",
        SlowArithmetic = "arithmetic, a slow reading";

    /// <summary>A look at the machine. To be called on the device thread.</summary>
    public HostPace Look() => probe?.Read() ?? HostPace.Unknown;

    /// <summary>What the device takes in quiet, as far as it is known.</summary>
    /// <param name="identity">Of what is measured.</param>
    /// <param name="sentinel">The sentinel.</param>
    public PaceReference Reference(TableIdentity identity, OperatorSpec sentinel) =>
        Quiet(identity.DeviceUuid, paces.QuietMs(identity.DeviceUuid, SourceOf(identity, sentinel)));

    /// <summary>Why what was measured between some looks at the machine is not to be trusted, as the end of a sentence; null where it is.
    /// For measurements that have no sentinel between them, since they are of no space.</summary>
    /// <param name="device">The device's UUID.</param>
    /// <param name="looks">The looks.</param>
    public string? Reason(string device, IReadOnlyCollection<HostPace> looks)
    {
        // A sentinel that takes the same each time is never off.
        SentinelReading[] readings = [.. looks.Select((look, position) => new SentinelReading(position, 1, look))];
        return LoadVerdict.Of(readings, Quiet(device, sentinelMs: null), new Sentinel(relativeHalfWidth: 0)).Reason;
    }

    /// <summary>Adds what a job has found to the history.</summary>
    public void Note(TableIdentity identity, OperatorSpec sentinel, PaceReference found, bool loaded) =>
        paces.Note(
            identity.DeviceUuid,
            loaded,
            (SourceOf(identity, sentinel), found.SentinelMs),
            (Memory, found.MemoryMs),
            (Arithmetic, found.ArithmeticMs),
            (SlowMemory, found.SlowMemoryMs),
            (SlowArithmetic, found.SlowArithmeticMs)
        );

    private PaceReference Quiet(string device, double? sentinelMs) =>
        new(
            sentinelMs,
            paces.QuietMs(device, Memory),
            paces.QuietMs(device, Arithmetic),
            paces.QuietMs(device, SlowMemory),
            paces.QuietMs(device, SlowArithmetic)
        );

    // All that its latency is comparable by, but for how surely it is measured.
    private static string SourceOf(TableIdentity identity, OperatorSpec sentinel) =>
        $"{sentinel} {LatencyTableJson.SerializeIdentity(identity with { Protocol = identity.Protocol.Split(' ')[^1] })}";
}
