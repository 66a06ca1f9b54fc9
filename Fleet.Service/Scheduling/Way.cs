using System.Text.Json;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>A way to measure, as the store and grains name it.</summary>
internal static class Way
{
    /// <summary>The settings as JSON.</summary>
    public static string Write(MeasurementSettings settings) => JsonSerializer.Serialize(settings);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static MeasurementSettings Read(string json) =>
        JsonSerializer.Deserialize<MeasurementSettings>(json) ?? throw new JsonException("null is no way to measure.");

    /// <summary>The settings without their seed, which no calibration depends on.</summary>
    public static string Of(MeasurementSettings settings) => Write(settings with { Seed = 0 });
}
