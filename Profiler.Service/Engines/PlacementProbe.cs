using System.Text.Json;
using FasterSeg.Latency.Tables;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// Finds out on which execution provider each node of an optimized graph really ran, by a run apart from the measurement
/// with ONNX Runtime's profiler on. What a session was asked for proves nothing: a provider may hand nodes to another.
/// </summary>
public static class PlacementProbe
{
    private const int MostNames = 5;
    private const string KernelEvent = "_kernel_time";

    /// <summary>Runs the model once with profiling.</summary>
    /// <exception cref="UnusableModelException">The model cannot be run.</exception>
    public static Placement Run(byte[] onnx, SessionOptions options, ulong seed, CancellationToken cancellation = default) =>
        Count(Nodes(onnx, options, seed, SessionBinding.Host, cancellation));

    /// <summary>Runs the model once with profiling, where every node has to run on one provider.</summary>
    /// <param name="onnx">The model.</param>
    /// <param name="options">The session's options; profiling is switched on in them.</param>
    /// <param name="seed">Seeds the input.</param>
    /// <param name="place">Where its inputs and outputs lie.</param>
    /// <param name="provider">The provider, as ONNX Runtime names it.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>All nodes on that provider.</returns>
    /// <exception cref="UnusableModelException">The model cannot be run, or a node ran elsewhere: the message names it.</exception>
    public static Placement Require(
        byte[] onnx,
        SessionOptions options,
        ulong seed,
        SessionBinding place,
        string provider,
        CancellationToken cancellation = default
    )
    {
        IReadOnlyList<PlacedNode> nodes = Nodes(onnx, options, seed, place, cancellation);
        return Elsewhere(nodes, provider) is { } fault ? throw new UnusableModelException(fault) : Count(nodes);
    }

    /// <summary>Counts the nodes by provider in ONNX Runtime's profile.</summary>
    public static Placement Read(ReadOnlyMemory<byte> profile) => Count(ReadNodes(profile));

    /// <summary>A sentence that names the nodes that did not run on a provider; null where all did.</summary>
    public static string? Elsewhere(IReadOnlyList<PlacedNode> nodes, string provider)
    {
        if (nodes.Count == 0)
            return "ONNX Runtime's profile shows no node at all: where the model ran is not proven.";
        PlacedNode[] elsewhere = [.. nodes.Where(node => node.Provider != provider)];
        if (elsewhere.Length == 0)
            return null;
        string names = string.Join(", ", elsewhere.Take(MostNames).Select(node => $"{node.Operator} '{node.Name}' ({node.Provider})"));
        string more = elsewhere.Length > MostNames ? $" and {elsewhere.Length - MostNames} more" : "";
        return $"{elsewhere.Length} of {nodes.Count} nodes did not run on {provider}: {names}{more}; the time would not be the device's "
            + "alone. Replace these operators in the model.";
    }

    /// <summary>Each node of ONNX Runtime's profile, a JSON array of trace events, once.</summary>
    public static IReadOnlyList<PlacedNode> ReadNodes(ReadOnlyMemory<byte> profile)
    {
        using var events = JsonDocument.Parse(profile, new JsonDocumentOptions { AllowTrailingCommas = true });
        var nodes = new Dictionary<(string?, string?), PlacedNode>();
        foreach (JsonElement each in events.RootElement.EnumerateArray())
        {
            // A node shows up once for each run and phase; only its kernel's event names the provider.
            if (
                each.TryGetProperty("cat", out JsonElement category)
                && category.ValueEquals("Node")
                && each.TryGetProperty("args", out JsonElement arguments)
                && arguments.TryGetProperty("provider", out JsonElement provider)
                && provider.GetString() is { Length: > 0 } where
            )
            {
                string? index = arguments.TryGetProperty("node_index", out JsonElement number) ? number.ToString() : null;
                string name = each.GetProperty("name").GetString() ?? "";
                string type = arguments.TryGetProperty("op_name", out JsonElement op) ? op.GetString() ?? "" : "";
                nodes[(name, index)] = new(
                    name.EndsWith(KernelEvent, StringComparison.Ordinal) ? name[..^KernelEvent.Length] : name,
                    type,
                    where
                );
            }
        }
        return [.. nodes.Values];
    }

    private static Placement Count(IReadOnlyList<PlacedNode> nodes) => new(nodes.CountBy(node => node.Provider));

    private static IReadOnlyList<PlacedNode> Nodes(
        byte[] onnx,
        SessionOptions options,
        ulong seed,
        SessionBinding place,
        CancellationToken cancellation
    )
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-placement-").FullName;
        try
        {
            options.ProfileOutputPathPrefix = Path.Combine(folder, "run");
            options.EnableProfiling = true;
            using var session = new OnnxSession(onnx, options, seed, place, cancellation);
            return ReadNodes(File.ReadAllBytes(session.EndProfiling()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
