using FasterSeg.Search.Configuration;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>The fused step against TorchSharp's own clipping and descent.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class ClippedDescentTests
{
    private const double Rate = 0.03;

    // Sides that no vector's length divides, and one parameter of several chunks.
    private static readonly long[][] Shapes =
    [
        [3],
        [17, 5],
        [1],
        [600, 501],
        [4, 3, 3, 3],
    ];

    [Theory, InlineData(0, 0.9, 5e-4), InlineData(1, 0.9, 5e-4), InlineData(1e9, 0.9, 0), InlineData(5, 0, 1e-3), InlineData(0, 0, 0)]
    public void Many_steps_are_those_of_torch(double clip, double momentum, double decay)
    {
        using var scope = NewDisposeScope();
        using var pair = new Pair(Phase(clip, momentum, decay));
        for (int step = 0; step < 20; step++)
            pair.Step(Rate / (1 + step), gradients: _ => true);
    }

    [Fact]
    public void What_has_no_gradient_stays_and_begins_its_momentum_later()
    {
        using var scope = NewDisposeScope();
        using var pair = new Pair(Phase(1, 0.9, 5e-4));
        Tensor untouched = pair.Ours[1].detach().clone();
        pair.Step(Rate, gradients: i => i != 1);
        Assert.True(untouched.equal(pair.Ours[1]).all().item<bool>());
        for (int step = 0; step < 4; step++)
            pair.Step(Rate, gradients: i => i != step);
        Assert.False(untouched.equal(pair.Ours[1]).all().item<bool>());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Either_opens_the_others_checkpoint_and_goes_on(bool oursFirst)
    {
        using var scope = NewDisposeScope();
        using var pair = new Pair(Phase(1, 0.9, 5e-4));
        pair.Step(Rate, gradients: i => i != 2);
        pair.Step(Rate, gradients: i => i != 2);
        pair.Exchange(oursFirst);
        for (int step = 0; step < 3; step++)
            pair.Step(Rate, gradients: _ => true);
    }

    [Fact]
    public void Weights_in_float64_go_through_torch()
    {
        using var scope = NewDisposeScope();
        using var pair = new Pair(Phase(1, 0.9, 5e-4), ScalarType.Float64);
        for (int step = 0; step < 3; step++)
            pair.Step(Rate, gradients: i => i != step);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_shows_in_the_norm()
    {
        using var scope = NewDisposeScope();
        using var pair = new Pair(Phase(1, 0.9, 5e-4));
        pair.Ours[1].grad = full([17, 5], float.NaN);
        Assert.True(double.IsNaN(pair.Descent.Step(Rate)));
    }

    private static PhaseOptions Phase(double clip, double momentum, double decay) =>
        new()
        {
            GradientClip = clip,
            Momentum = momentum,
            WeightDecay = decay,
        };

    /// <summary>The same weights twice, with the same gradients: one for each of the two.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly PhaseOptions phase;
        private readonly ScalarType type;
        private SGD torchs;

        public Pair(PhaseOptions phase, ScalarType type = ScalarType.Float32)
        {
            (this.phase, this.type) = (phase, type);
            manual_seed(5);
            Ours = [.. Shapes.Select(shape => new Parameter(randn(shape, dtype: type)))];
            Theirs = [.. Ours.Select(weight => new Parameter(weight.detach().clone()))];
            Descent = new ClippedDescent(Ours, phase);
            torchs = optim.SGD(Theirs, phase.LearningRate, phase.Momentum, weight_decay: phase.WeightDecay);
        }

        public Parameter[] Ours { get; }

        public Parameter[] Theirs { get; }

        public ClippedDescent Descent { get; private set; }

        /// <summary>One step of each with the same gradients, which must leave the same weights and report the same norm.</summary>
        public void Step(double rate, Func<int, bool> gradients)
        {
            for (int i = 0; i < Ours.Length; i++)
            {
                Tensor? gradient = gradients(i) ? randn(Shapes[i], dtype: type) : null;
                Ours[i].grad = gradient;
                Theirs[i].grad = gradient?.clone();
            }
            double norm = Descent.Step(rate),
                expected = GradientNorm.Clip(Theirs, phase.GradientClip);
            foreach (var group in torchs.ParamGroups)
                group.LearningRate = rate;
            torchs.step();
            Assert.Equal(expected, norm, 1e-5 * expected);
            for (int i = 0; i < Ours.Length; i++)
            {
                double off = (Ours[i] - Theirs[i]).abs().max().ToDouble();
                Assert.True(off <= 1e-6 * Math.Max(1, Theirs[i].abs().max().ToDouble()), $"parameter {i} is off by {off}");
            }
        }

        /// <summary>New optimizers on the same weights, both from what one of the old ones writes.</summary>
        public void Exchange(bool oursFirst)
        {
            using var file = new MemoryStream();
            using var writer = new BinaryWriter(file);
            (oursFirst ? Descent.Optimizer : torchs).save_state_dict(writer);
            Dispose();
            Descent = new ClippedDescent(Ours, phase);
            torchs = optim.SGD(Theirs, phase.LearningRate, phase.Momentum, weight_decay: phase.WeightDecay);
            foreach (OptimizerHelper each in new[] { Descent.Optimizer, torchs })
            {
                file.Position = 0;
                using var reader = new BinaryReader(file, System.Text.Encoding.UTF8, leaveOpen: true);
                each.load_state_dict(reader);
            }
        }

        public void Dispose()
        {
            Descent.Dispose();
            torchs.Dispose();
        }
    }
}
