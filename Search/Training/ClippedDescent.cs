using FasterSeg.Search.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>
/// Stochastic gradient descent with clipping, in two passes over the memory: one for the norm, one for decay, momentum and weights.
/// TorchSharp's goes over it many times, and makes temporary tensors as large as all weights together. What it keeps is TorchSharp's own
/// optimizer, so that checkpoints are as ever; that one also steps where the weights are not float32 on the CPU.
/// </summary>
public sealed class ClippedDescent : IDisposable
{
    // Small enough to share the work evenly, large enough not to notice.
    private const int ChunkLength = 1 << 17;

    private readonly SGD optimizer;
    private readonly Parameter[] parameters;
    private readonly double largestNorm;

    /// <summary>Makes an optimizer with the rate, momentum, decay and clipping of a phase.</summary>
    /// <param name="parameters">What it moves; those without a gradient stay where they are.</param>
    /// <param name="phase">The configuration.</param>
    public ClippedDescent(IEnumerable<Parameter> parameters, PhaseOptions phase)
    {
        this.parameters = [.. parameters];
        largestNorm = phase.GradientClip;
        optimizer = optim.SGD(this.parameters, phase.LearningRate, phase.Momentum, weight_decay: phase.WeightDecay);
    }

    /// <summary>TorchSharp's optimizer, whose state a checkpoint holds.</summary>
    public OptimizerHelper Optimizer => optimizer;

    /// <summary>Clips and moves. The gradients themselves may stay unclipped.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <returns>The norm of the gradient before it was clipped.</returns>
    public double Step(double rate)
    {
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        OptimizerHelper.StateDictionary state = optimizer.state_dict();
        // A checkpoint brings its own numbers along, as it does for TorchSharp's step.
        var options = (SGD.Options)state.Options[0];
        if (options.nesterov != true && options.maximize != true && Places(state, options.momentum is > 0) is { } moved)
            return Step(moved, options, rate);
        double norm = GradientNorm.Clip(parameters, largestNorm);
        optimizer.step();
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose() => optimizer.Dispose();

    private unsafe double Step(List<Place> moved, SGD.Options options, double rate)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        (Place At, int Start)[] chunks = [.. moved.SelectMany(at => at.Starts().Select(start => (at, start)))];
        var squares = new double[chunks.Length];
        Parallel.For(0, chunks.Length, parallel, i =>
        {
            var (at, start) = chunks[i];
            squares[i] = DescentKernel.SumOfSquares(at.Gradient + start, at.LengthAt(start));
        });
        double norm = Math.Sqrt(squares.Sum());
        var by = new DescentNumbers(
            largestNorm > 0 ? (float)Math.Min(1, largestNorm / (norm + 1e-6)) : 1,
            (float)options.weight_decay.GetValueOrDefault(),
            (float)options.momentum.GetValueOrDefault(),
            (float)options.dampening.GetValueOrDefault(),
            (float)rate
        );
        Parallel.For(0, chunks.Length, parallel, i =>
        {
            var (at, start) = chunks[i];
            float* momentum = at.Momentum is null ? null : at.Momentum + start;
            DescentKernel.Move(at.Weight + start, at.Gradient + start, momentum, at.LengthAt(start), at.Fresh, by);
        });
        return norm;
    }

    /// <summary>Where what a step reads and writes lies in memory, or null where some of it is not float32 on the CPU in one
    /// piece.</summary>
    private List<Place>? Places(OptimizerHelper.StateDictionary state, bool hasMomentum)
    {
        var moved = new List<(Parameter Weight, Tensor Gradient, SGD.State State)>(parameters.Length);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].grad is not { } gradient)
                continue;
            var kept = (SGD.State)state.State[i];
            if (!IsPlain(parameters[i]) || !IsPlain(gradient) || (kept.momentum_buffer is { } filled && !IsPlain(filled)))
                return null;
            moved.Add((parameters[i], gradient, kept));
        }
        var places = new List<Place>(moved.Count);
        foreach (var (weight, gradient, kept) in moved)
        {
            bool fresh = kept.momentum_buffer is null;
            // Only now that the step is ours: TorchSharp's would take an empty momentum for a filled one.
            if (hasMomentum)
                kept.momentum_buffer ??= empty_like(weight).DetachFromDisposeScope();
            places.Add(new Place(weight, gradient, hasMomentum ? kept.momentum_buffer : null, fresh));
        }
        return places;
    }

    private static bool IsPlain(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU
        && tensor.dtype == ScalarType.Float32
        && tensor.is_contiguous()
        && tensor.numel() <= int.MaxValue / sizeof(float);

    /// <summary>The memory of one parameter, its gradient and its momentum. It is torch's, which nothing moves.</summary>
    private sealed unsafe class Place(Tensor weight, Tensor gradient, Tensor? momentum, bool fresh)
    {
        private readonly int length = (int)weight.numel();

        public float* Weight { get; } = Address(weight);

        public float* Gradient { get; } = Address(gradient);

        public float* Momentum { get; } = momentum is null ? null : Address(momentum);

        public bool Fresh { get; } = fresh;

        public IEnumerable<int> Starts()
        {
            for (int start = 0; start < length; start += ChunkLength)
                yield return start;
        }

        public int LengthAt(int start) => Math.Min(ChunkLength, length - start);

        private static float* Address(Tensor tensor)
        {
            fixed (byte* first = tensor.bytes)
                return (float*)first;
        }
    }
}
