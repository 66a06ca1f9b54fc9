using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using Google.Protobuf;

namespace FasterSeg.Fleet.Service.Tables;

/// <summary>What a device said of itself, as the store keeps it.</summary>
internal static class DeviceHello
{
    // Of the moment in which the device joined, which says nothing of when it measures.
    private const string LoadAverage = "load_average";

    /// <summary>As JSON, without what holds for one call only.</summary>
    public static string Write(Hello hello)
    {
        Hello kept = hello.Clone();
        kept.Leases.Clear();
        (kept.Condition, kept.Program) = (null, "");
        kept.Device?.Environment.Remove(LoadAverage);
        return JsonFormatter.Default.Format(kept);
    }

    /// <summary>What <see cref="Write"/> wrote; also of another build.</summary>
    public static Hello Read(string json) => new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse<Hello>(json);

    /// <summary>The kind of a device: all that its numbers are comparable by, but for which device it is and how it is asked to
    /// measure.</summary>
    public static TableIdentity KindOf(Hello hello) =>
        TableMapping.ToIdentity(hello.Identity) with
        {
            DeviceUuid = "",
            Threads = 0,
            BatchSize = 0,
            Protocol = hello.Protocol,
        };

    /// <summary>The kind, for people.</summary>
    public static string NameOf(TableIdentity kind) => $"{kind.DeviceName}, {kind.Provider}, {kind.Precision}";

    /// <summary>What numbers that this device measures with these settings are comparable with.</summary>
    public static TableIdentity IdentityOf(Hello hello, MeasurementSettings settings) =>
        TableMapping.ToIdentity(hello.Identity) with
        {
            Threads = settings.Threads,
            BatchSize = settings.BatchSize,
            Protocol = settings.Protocol,
        };
}
