using FasterSeg.Onnx.Messages;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>Finds the largest absolute values of maps inside a model, by one run on the CPU with the input that is measured with.</summary>
public static class ActivationRanges
{
    private const int Float32 = 1;

    /// <summary>Runs the model once.</summary>
    /// <param name="model">A float32 model with static shapes.</param>
    /// <param name="maps">Names of inputs of nodes.</param>
    /// <param name="seed">Seeds the input.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>The largest absolute value of each map.</returns>
    /// <exception cref="UnusableModelException">The model cannot be run.</exception>
    public static IReadOnlyDictionary<string, float> Measure(
        ModelProto model,
        IReadOnlyCollection<string> maps,
        ulong seed,
        CancellationToken cancellation = default
    )
    {
        ModelProto probe = model.Clone();
        var inputs = probe.Graph.Input.Select(input => input.Name).ToHashSet();
        probe.Graph.Output.Clear();
        // The shape is left to ONNX Runtime to infer.
        probe.Graph.Output.Add(maps.Where(map => !inputs.Contains(map)).Select(Map));
        if (probe.Graph.Output.Count == 0)
            probe.Graph.Output.Add(model.Graph.Output);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new OnnxSession(probe.ToByteArray(), options, seed, cancellation: cancellation);
        return maps.ToDictionary(map => map, map => Largest(session.Values(map)));
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static ValueInfoProto Map(string name) =>
        new()
        {
            Name = name,
            Type = new() { TensorType = new() { ElemType = Float32 } },
        };
}
