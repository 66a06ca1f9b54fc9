using System.Diagnostics;
using FasterSeg.Latency.Numbers;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// An ONNX Runtime session whose inputs (<see cref="RandomInput"/>) and outputs are bound once, on the device that it runs on: a run
/// copies and allocates nothing, but for outputs that are texts or no tensors.
/// </summary>
public sealed class OnnxSession : IModelSession
{
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions runOptions = new();
    private readonly Dictionary<string, OrtValue> values = [];
    private readonly SessionBinding place;
    private readonly OrtAllocator? outputAllocator;
    private readonly CancellationToken cancellation;
    private readonly CancellationTokenRegistration registration;

    /// <summary>Loads a model and runs it once, which also proves that it runs.</summary>
    /// <exception cref="UnusableModelException">It cannot be loaded, bound or run.</exception>
    public OnnxSession(
        byte[] onnx,
        SessionOptions options,
        ulong seed,
        SessionBinding? place = null,
        CancellationToken cancellation = default
    )
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
            if (this.place.Asynchronous)
                runOptions.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
            outputAllocator = this.place.OutputAllocator(session);
            BindInputs(seed);
            BatchSize = ImagesIn([.. session.InputNames.Select(name => session.InputMetadata[name].Dimensions)]);
            FirstRun();
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
    public int BatchSize { get; }

    /// <inheritdoc/>
    public double FirstRunMs { get; private set; }

    /// <summary>
    /// Images that a run takes, by its inputs' sides: the first side of the first input with four sides or more; where there is none, that
    /// of a first input of two
    /// sides (vectors); else 1: a map of three sides is one image.
    /// </summary>
    public static int ImagesIn(IReadOnlyList<int[]> inputs) =>
        inputs.FirstOrDefault(sides => sides.Length >= 4) is { } maps ? maps[0]
        : inputs is [[int vectors, _], ..] ? vectors
        : 1;

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

    /// <inheritdoc/>
    public float[] Read(string name)
    {
        binding.SynchronizeBoundOutputs();
        OrtValue value = values[name];
        return value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float16
            ? Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), half => (float)half)
            : value.GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Ends profiling, where the session was opened with it.</summary>
    /// <returns>Path of the file that ONNX Runtime wrote.</returns>
    public string EndProfiling() => session.EndProfiling();

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.Dispose();
        binding.Dispose();
        foreach (OrtValue value in values.Values)
            value.Dispose();
        values.Clear();
        // Tensors give their memory back through it.
        outputAllocator?.Dispose();
        runOptions.Dispose();
        session.Dispose();
    }

    private void BindInputs(ulong seed)
    {
        if (session.InputNames.Count == 0)
            throw new UnusableModelException("The model has no input: there is nothing to measure.");
        var random = new SplitMix64(seed);
        foreach (string name in session.InputNames)
        {
            NodeMetadata metadata = session.InputMetadata[name];
            if (!metadata.IsTensor || !RandomInput.IsKnown(metadata.ElementDataType))
                throw new UnusableModelException(
                    $"The model's input '{name}' is "
                        + $"{(metadata.IsTensor ? $"a {RandomInput.NameOf(metadata.ElementDataType)} tensor" : "no tensor")}: models "
                        + "that take numbers (floats, integers, booleans) are measured."
                );
            if (metadata.Dimensions.Any(side => side <= 0))
            {
                string shape = string.Join(
                    'x',
                    metadata.Dimensions.Select(
                        (side, i) =>
                            side >= 0 ? $"{side}"
                            : metadata.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol
                            : "?"
                    )
                );
                throw new UnusableModelException(
                    $"The shape {shape} of the model's input '{name}' is dynamic or empty: "
                        + "say its sides, or export the model with fixed ones."
                );
            }
            // Bound from main memory, an input is copied to where the session wants it, here and now and not in its runs.
            OrtValue input = Hold(
                name,
                OrtAllocator.DefaultInstance,
                metadata.ElementDataType,
                Array.ConvertAll(metadata.Dimensions, side => (long)side)
            );
            RandomInput.Fill(input, ref random);
            binding.BindInput(name, input);
        }
        binding.SynchronizeBoundInputs();
    }

    /// <summary>
    /// Binds the outputs and runs. Memory for outputs whose sides the model does not say is what the run itself allocates; for all of them
    /// where the model does not
    /// give what it says, as one may that was exported with other sides.
    /// </summary>
    private void FirstRun()
    {
        try
        {
            BindOutputs(IsPlain);
        }
        catch (OnnxRuntimeException) when (session.OutputNames.Any(name => IsPlain(session.OutputMetadata[name])))
        {
            BindOutputs(_ => false);
        }
    }

    private void BindOutputs(Func<NodeMetadata, bool> isPlain)
    {
        binding.ClearBoundOutputs();
        using OrtMemoryInfo memory = place.OutputMemory();
        var open = new List<string>();
        foreach (string name in session.OutputNames)
        {
            NodeMetadata metadata = session.OutputMetadata[name];
            if (isPlain(metadata))
            {
                binding.BindOutput(
                    name,
                    Hold(name, outputAllocator, metadata.ElementDataType, Array.ConvertAll(metadata.Dimensions, side => (long)side))
                );
            }
            else
            {
                binding.BindOutputToDevice(name, memory);
                open.Add(name);
            }
        }
        long start = Stopwatch.GetTimestamp();
        Run();
        binding.SynchronizeBoundOutputs();
        FirstRunMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (open.Count > 0)
            Keep(open);
    }

    /// <summary>Binds what a run has made of outputs whose sides were not known.</summary>
    private void Keep(List<string> open)
    {
        using IDisposableReadOnlyCollection<OrtValue> made = binding.GetOutputValues();
        foreach ((string name, OrtValue value) in session.OutputNames.Zip(made))
        {
            // Texts and what is no tensor are made anew by each run.
            if (!open.Contains(name) || !value.IsTensor)
                continue;
            OrtTensorTypeAndShapeInfo type = value.GetTensorTypeAndShape();
            if (type.ElementDataType == TensorElementType.String)
                continue;
            binding.BindOutput(name, Hold(name, outputAllocator, type.ElementDataType, type.Shape));
        }
    }

    private OrtValue Hold(string name, OrtAllocator? allocator, TensorElementType type, long[] sides)
    {
        if (values.Remove(name, out OrtValue? before))
            before.Dispose();
        return values[name] = OrtValue.CreateAllocatedTensorValue(allocator ?? OrtAllocator.DefaultInstance, type, sides);
    }

    /// <summary>Sides that are all known. None at all may mean a scalar, or that the model does not say.</summary>
    private static bool IsPlain(NodeMetadata metadata) =>
        metadata.IsTensor
        && metadata.ElementDataType != TensorElementType.String
        && metadata.Dimensions.Length > 0
        && metadata.Dimensions.All(side => side > 0);

    private static string FirstLine(OnnxRuntimeException fault) => fault.Message.Split('\n')[0].Trim();
}
