using System.Text.Json;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// Finds out on which execution provider each node of an optimized graph really ran, by a run apart from the measurement
/// with ONNX Runtime's profiler on. What a session was asked for proves nothing: a provider may hand nodes to another.
/// </summary>
public static class PlacementProbe
{
    /// <summary>Runs the model once with profiling.</summary>
    /// <returns>Number of nodes by provider, e.g. <c>CPUExecutionProvider</c>.</returns>
    /// <exception cref="UnusableModelException">The model cannot be run.</exception>
    public static IReadOnlyDictionary<string, int> Run(byte[] onnx, SessionOptions options, ulong seed, CancellationToken cancellation = default)
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-placement-").FullName;
        try
        {
            options.ProfileOutputPathPrefix = Path.Combine(folder, "run");
            options.EnableProfiling = true;
            using var session = new OnnxSession(onnx, options, seed, cancellation);
            return Read(File.ReadAllBytes(session.EndProfiling()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Counts the nodes by provider in ONNX Runtime's profile: a JSON array of trace events.</summary>
    public static IReadOnlyDictionary<string, int> Read(ReadOnlyMemory<byte> profile)
    {
        using var events = JsonDocument.Parse(profile, new JsonDocumentOptions { AllowTrailingCommas = true });
        var providers = new Dictionary<(string?, string?), string>();
        foreach (JsonElement each in events.RootElement.EnumerateArray())
        {
            // A node shows up once for each run and phase; only its kernel's event names the provider.
            if (each.TryGetProperty("cat", out JsonElement category) && category.ValueEquals("Node")
                && each.TryGetProperty("args", out JsonElement arguments)
                && arguments.TryGetProperty("provider", out JsonElement provider) && provider.GetString() is { Length: > 0 } name)
            {
                string? index = arguments.TryGetProperty("node_index", out JsonElement number) ? number.ToString() : null;
                providers[(each.GetProperty("name").GetString(), index)] = name;
            }
        }
        return providers.Values.CountBy(name => name).ToDictionary();
    }
}
