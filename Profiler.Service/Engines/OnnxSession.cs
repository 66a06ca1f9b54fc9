using System.Diagnostics;
using FasterSeg.Operators.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// An ONNX Runtime session whose inputs (random normal values) and outputs are bound once: a run copies and allocates nothing.
/// </summary>
public sealed class OnnxSession : IModelSession
{
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions runOptions = new();
    private readonly List<OrtValue> values = [];
    private readonly CancellationToken cancellation;
    private readonly CancellationTokenRegistration registration;

    /// <summary>Loads a model and runs it once, which also proves that it runs.</summary>
    /// <exception cref="UnusableModelException">It cannot be loaded, bound or run.</exception>
    public OnnxSession(byte[] onnx, SessionOptions options, ulong seed, CancellationToken cancellation = default)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            session = new InferenceSession(onnx, options);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new UnusableModelException($"ONNX Runtime cannot load the model ({onnx.Length} bytes): {FirstLine(fault)}", fault);
        }
        this.cancellation = cancellation;
        registration = cancellation.Register(() => runOptions.Terminate = true);
        BuildMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        binding = session.CreateIoBinding();
        try
        {
            Bind(seed);
            Run();
        }
        catch (OnnxRuntimeException fault)
        {
            Dispose();
            throw new UnusableModelException($"ONNX Runtime cannot run the model: {FirstLine(fault)}", fault);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public double BuildMs { get; }

    /// <inheritdoc/>
    public int BatchSize { get; private set; } = 1;

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            session.RunWithBinding(runOptions, binding);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Ends profiling, where the session was opened with it.</summary>
    /// <returns>Path of the file that ONNX Runtime wrote.</returns>
    public string EndProfiling() => session.EndProfiling();

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.Dispose();
        binding.Dispose();
        foreach (OrtValue value in values) value.Dispose();
        values.Clear();
        runOptions.Dispose();
        session.Dispose();
    }

    private void Bind(ulong seed)
    {
        if (session.InputNames.Count == 0) throw new UnusableModelException("The model has no input: there is nothing to measure.");
        var random = new SplitMix64(seed);
        foreach (string name in session.InputNames)
        {
            OrtValue input = Allocate("input", name, session.InputMetadata[name]);
            foreach (ref float value in input.GetTensorMutableDataAsSpan<float>()) value = (float)random.NextGaussian();
            binding.BindInput(name, input);
        }
        BatchSize = session.InputMetadata[session.InputNames[0]].Dimensions is [int batch, _, ..] ? batch : 1;
        foreach (string name in session.OutputNames)
            binding.BindOutput(name, Allocate("output", name, session.OutputMetadata[name]));
    }

    private OrtValue Allocate(string role, string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor || metadata.ElementDataType != TensorElementType.Float)
            throw new UnusableModelException($"The model's {role} '{name}' is no float32 tensor: only models that take and give float32 are measured.");
        if (metadata.Dimensions.Any(side => side <= 0))
        {
            string shape = string.Join('x', metadata.Dimensions.Select((side, i) => side > 0 ? $"{side}"
                : metadata.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : "?"));
            throw new UnusableModelException($"The shape {shape} of the model's {role} '{name}' is dynamic: export the model with fixed sides.");
        }
        long[] sides = Array.ConvertAll(metadata.Dimensions, side => (long)side);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, sides);
        values.Add(value);
        return value;
    }

    private static string FirstLine(OnnxRuntimeException fault) => fault.Message.Split('\n')[0].Trim();
}
