using System.Diagnostics;
using FasterSeg.Operators.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// An ONNX Runtime session whose inputs (random normal values) and outputs are bound once, on the device that it runs on: a run
/// copies and allocates nothing.
/// </summary>
public sealed class OnnxSession : IModelSession
{
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions runOptions = new();
    private readonly Dictionary<string, OrtValue> values = [];
    private readonly SessionBinding place;
    private OrtAllocator? deviceAllocator;
    private readonly CancellationToken cancellation;
    private readonly CancellationTokenRegistration registration;

    /// <summary>Loads a model and runs it once, which also proves that it runs.</summary>
    /// <exception cref="UnusableModelException">It cannot be loaded, bound or run.</exception>
    public OnnxSession(byte[] onnx, SessionOptions options, ulong seed, SessionBinding? place = null, CancellationToken cancellation = default)
    {
        this.place = place ?? SessionBinding.Host;
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
            if (this.place.Asynchronous) runOptions.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
            Bind(seed);
            Run();
            binding.SynchronizeBoundOutputs();
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

    /// <summary>What an input or output holds, where that is float32 and in main memory.</summary>
    public ReadOnlySpan<float> Values(string name) => values[name].GetTensorDataAsSpan<float>();

    /// <summary>Ends profiling, where the session was opened with it.</summary>
    /// <returns>Path of the file that ONNX Runtime wrote.</returns>
    public string EndProfiling() => session.EndProfiling();

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.Dispose();
        binding.Dispose();
        foreach (OrtValue value in values.Values) value.Dispose();
        values.Clear();
        // Tensors give their memory back through it.
        deviceAllocator?.Dispose();
        runOptions.Dispose();
        session.Dispose();
    }

    private void Bind(ulong seed)
    {
        if (session.InputNames.Count == 0) throw new UnusableModelException("The model has no input: there is nothing to measure.");
        var random = new SplitMix64(seed);
        foreach (string name in session.InputNames)
        {
            // Bound from main memory, an input is copied to where the session wants it, here and now and not in its runs.
            OrtValue input = Allocate("input", name, session.InputMetadata[name], OrtAllocator.DefaultInstance);
            Fill(input, random);
            binding.BindInput(name, input);
        }
        binding.SynchronizeBoundInputs();
        BatchSize = session.InputMetadata[session.InputNames[0]].Dimensions is [int batch, _, ..] ? batch : 1;
        if (place.Device is { } device) deviceAllocator = SessionBinding.DeviceAllocator(session, device);
        foreach (string name in session.OutputNames)
            binding.BindOutput(name, Allocate("output", name, session.OutputMetadata[name], deviceAllocator ?? OrtAllocator.DefaultInstance));
    }

    private static void Fill(OrtValue value, SplitMix64 random)
    {
        if (value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float16)
        {
            foreach (ref Float16 half in value.GetTensorMutableDataAsSpan<Float16>()) half = (Float16)(float)random.NextGaussian();
        }
        else
        {
            foreach (ref float single in value.GetTensorMutableDataAsSpan<float>()) single = (float)random.NextGaussian();
        }
    }

    private OrtValue Allocate(string role, string name, NodeMetadata metadata, OrtAllocator allocator)
    {
        if (!metadata.IsTensor || metadata.ElementDataType != place.Elements)
            throw new UnusableModelException($"The model's {role} '{name}' is no {place.ElementName} tensor: only models that take and give {place.ElementName} are measured.");
        if (metadata.Dimensions.Any(side => side <= 0))
        {
            string shape = string.Join('x', metadata.Dimensions.Select((side, i) => side > 0 ? $"{side}"
                : metadata.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : "?"));
            throw new UnusableModelException($"The shape {shape} of the model's {role} '{name}' is dynamic: export the model with fixed sides.");
        }
        long[] sides = Array.ConvertAll(metadata.Dimensions, side => (long)side);
        var value = OrtValue.CreateAllocatedTensorValue(allocator, place.Elements, sides);
        values[name] = value;
        return value;
    }

    private static string FirstLine(OnnxRuntimeException fault) => fault.Message.Split('\n')[0].Trim();
}
