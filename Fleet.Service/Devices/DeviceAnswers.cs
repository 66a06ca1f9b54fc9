using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Fleet.V1;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>What devices answer, looked at before it is kept: one may be of another build, broken, or not what it says. An entry that
/// cannot be one would end its job without a table.</summary>
internal static class DeviceAnswers
{
    private const int LongestFailure = 1000,
        LongestEntry = 16_384,
        LongestWords = 400;

    /// <summary>An operator's entry; a failed one that says why where the answer is no entry of this operator.</summary>
    /// <param name="result">The answer.</param>
    /// <param name="key">The operator's key.</param>
    public static LatencyEntry Entry(OperatorResult result, string key)
    {
        OperatorSpec spec = OperatorKey.Parse(key);
        LatencyEntry? entry = Parsed(result.Entry, out string fault);
        if (entry is not null)
            fault =
                entry.Spec != spec ? $"it is one of '{entry.Spec}'"
                : entry.Device is not null ? $"it is one of the card '{entry.Device}'"
                : entry.Origin is not (EntryOrigin.Measured or EntryOrigin.Defined) ? "nobody measured it"
                : "";
        if (fault.Length > 0)
            return LatencyEntry.Failed(spec, $"the device's answer is no entry of this operator: {fault}");
        return entry!.Failure is { Length: > LongestFailure } reason ? LatencyEntry.Failed(spec, reason) : entry;
    }

    /// <summary>An answer's entry; null where it is none.</summary>
    public static LatencyEntry? Parsed(string json, out string fault)
    {
        fault = "";
        if (json.Length > LongestEntry)
        {
            fault = $"it has {json.Length} characters";
            return null;
        }
        try
        {
            return LatencyTableJson.ParseEntry(json, "a result");
        }
        catch (UserErrorException none)
        {
            // What to do with a file is no help here.
            fault = none.Message.Split(": restore the file")[0];
            return null;
        }
    }

    /// <summary>The raw samples as the store keeps them; none where one of them is no time.</summary>
    public static byte[][] Samples(OperatorResult result) =>
        result.Samples.All(session => session.SamplesMs.All(sample => double.IsFinite(sample) && sample >= 0))
            ? [.. result.Samples.Select(session => SampleBytes.Write([.. session.SamplesMs]))]
            : [];

    /// <summary>Readings of a sentinel that are times, ms.</summary>
    public static IReadOnlyList<double> Readings(IEnumerable<double> sentinelMs) =>
        [.. sentinelMs.Where(reading => double.IsFinite(reading) && reading > 0)];

    /// <summary>What a device says of itself, for a line.</summary>
    public static string Words(string text) => LogText.Of(text, LongestWords);
}
