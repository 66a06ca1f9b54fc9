using System.Text.Json;
using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Comparing;

/// <summary>The latency of a whole network as a profiler measured it.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Provider">Execution provider.</param>
/// <param name="MedianMs">Median of single runs, ms.</param>
/// <param name="Difference">Why it cannot be compared with the table of its run, where that was found; else null.</param>
public sealed record MeasuredLatency(string Device, string Provider, double MedianMs, string? Difference = null)
{
    private const int LargestFile = 1 << 20; // bytes; a real one has about two thousand

    /// <summary>That of a role in a run's <c>measured.json</c>; null where there is none.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="role">Its name: <c>teacher</c> or <c>student</c>.</param>
    /// <exception cref="UserErrorException">The file cannot be read; the message says why.</exception>
    public static MeasuredLatency? Load(string path, string role)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(UserFile.Read(path, LargestFile));
            return document.RootElement.EnumerateArray().Where(network => network.GetProperty("role").GetString() == role).Select(network =>
            {
                JsonElement identity = network.GetProperty("identity");
                return new MeasuredLatency(identity.GetProperty("deviceName").GetString() ?? "", identity.GetProperty("provider").GetString() ?? "",
                    network.GetProperty("medianMs").GetDouble(), network.GetProperty("difference").GetString());
            }).FirstOrDefault();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{path} cannot be read as measured networks ({e.Message.TrimEnd('.')}): remove it, and measure again.", e);
        }
    }
}
