using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>What one step touches, and what it leaves alone.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SearchStepTests
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    [Theory, InlineData(true), InlineData(false)]
    public void An_architecture_step_gives_gradients_to_alpha_beta_and_gamma_only(bool sampled)
    {
        using var bench = new Bench(sampled);
        bench.Step.BackwardToArchitecture(bench.Images, bench.Labels, latencyWeight: 1);
        Assert.All(bench.Model.Weights, weight => Assert.Null(weight.grad));
        Assert.All(bench.Model.Weights, weight => Assert.True(weight.requires_grad));
        Assert.All(bench.Model.ArchitectureParameters, parameter => Assert.True(parameter.grad!.abs().sum().ToDouble() > 0));
    }

    /// <summary>
    /// The second-order gradient against autograd's own: the other half's gradient at the weights after their step, less the step's length
    /// times the exact product of Hessian and vector. In float64, where a difference can be so small that hardly a ReLU turns within it.
    /// </summary>
    [Theory, InlineData(0), InlineData(2)]
    public void The_unrolled_gradient_is_that_after_a_step_of_the_weights(double clip)
    {
        using var scope = NewDisposeScope();
        using var bench = new Bench(type: ScalarType.Float64, phase: new PhaseOptions { GradientClip = clip, WeightDecay = 5e-4 });
        const double Rate = 0.01;
        (Tensor Images, Tensor Labels) own = Batch(),
            held = Batch();
        Parameter[] parameters = [.. bench.Model.Teacher.parameters()];
        Tensor[] before = [.. bench.Model.Weights.Select(weight => weight.detach().clone())];
        Tensor random = get_rng_state();
        new UnrolledStep(bench.Model, bench.Step, bench.Phase, distance: 1e-6).Backward(own, held, Rate, latencyWeight: 0);
        Assert.All(bench.Model.Weights.Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        Tensor[] unrolled = Gradients(parameters);

        set_rng_state(random);
        bench.Step.BackwardToWeights(own.Images, own.Labels);
        double norm = GradientNorm.Clip(bench.Model.Weights, clip),
            length = clip > 0 ? Rate * Math.Min(1, clip / norm) : Rate;
        using (OptimizerHelper descent = optim.SGD(bench.Model.Weights, Rate, weight_decay: bench.Phase.WeightDecay))
            descent.step();
        foreach (Parameter parameter in bench.Model.ArchitectureParameters.Concat(bench.Model.Weights))
            parameter.grad = null;
        bench.Step.BackwardToArchitecture(held.Images, held.Labels, latencyWeight: 0, alsoToWeights: true);
        Tensor[] direct = Gradients(parameters);
        Parameter[] moved = [.. bench.Model.Weights.Where(weight => weight.grad is not null)];
        Tensor[] vector = Gradients(moved);
        using (no_grad())
        {
            foreach (var (weight, kept) in bench.Model.Weights.Zip(before))
                weight.copy_(kept);
        }
        Tensor[] product = Product(moved, vector);
        Tensor[] expected = [.. direct.Zip(product, (gradient, each) => gradient - (length * each))];
        Assert.True(Norm(unrolled, direct) > 0.03 * Norm(direct), "The two orders agree too well for this test to tell them apart.");
        Assert.InRange(Norm(unrolled, expected) / Norm(unrolled, direct), 0, 0.01);

        static (Tensor, Tensor) Batch() =>
            (randn(2, 3, 64, 128, dtype: ScalarType.Float64), randint(0, 10, [2, 8, 16], dtype: ScalarType.Int64));

        static Tensor[] Gradients(Parameter[] parameters) => [.. parameters.Select(parameter => parameter.grad!.clone())];

        // Of what only the teacher's pass can move: its alpha and beta.
        Tensor[] Product(Parameter[] moved, Tensor[] vector)
        {
            MapWidths full = MapWidths.All(Space, Role.Teacher, Space.WidthRatios.Count - 1);
            Tensor loss = SearchLoss.Of(
                bench.Model.Supernet.forward(own.Images, Role.Teacher, bench.Model.Teacher.Relaxed(), full),
                own.Labels,
                OhemCrossEntropy.For(bench.Phase, own.Labels).Loss
            );
            IList<Tensor> slope = autograd.grad([loss], [.. moved], retain_graph: true, create_graph: true, allow_unused: true);
            Tensor along = zeros(1, dtype: ScalarType.Float64);
            for (int i = 0; i < moved.Length; i++)
            {
                if (slope[i] is { IsInvalid: false } each)
                    along = along + (each * vector[i]).sum();
            }
            return [.. autograd.grad([along.sum()], [.. parameters])];
        }

        static double Norm(Tensor[] a, Tensor[]? b = null) =>
            Math.Sqrt(a.Select((each, i) => (b is null ? each : each - b[i]).square().sum().ToDouble()).Sum());
    }

    [Fact]
    public void A_batch_in_parts_gives_the_mean_of_the_parts_gradients()
    {
        using var scope = NewDisposeScope();
        using var bench = new Bench(type: ScalarType.Float64);
        (Tensor images, Tensor labels) = (
            randn(4, 3, 64, 64, dtype: ScalarType.Float64),
            randint(0, 10, [4, 8, 8], dtype: ScalarType.Int64)
        );
        Tensor random = get_rng_state();
        var (whole, wholeLoss) = Gradients(
            new SearchStep(bench.Model, bench.Latency, new PhaseOptions { Accumulation = 2 }, sampledLatency: true),
            images,
            labels
        );
        var (first, firstLoss) = Gradients(bench.Step, images.narrow(0, 0, 2), labels.narrow(0, 0, 2));
        var (second, secondLoss) = Gradients(bench.Step, images.narrow(0, 2, 2), labels.narrow(0, 2, 2));
        Assert.Equal((firstLoss + secondLoss) / 2, wholeLoss, 1e-9);
        for (int i = 0; i < whole.Length; i++)
            Assert.True(whole[i].allclose((first[i] + second[i]) / 2, rtol: 1e-8, atol: 1e-10));

        (Tensor[], double) Gradients(SearchStep step, Tensor images, Tensor labels)
        {
            foreach (Parameter parameter in bench.Model.ArchitectureParameters.Concat(bench.Model.Weights))
                parameter.grad = null;
            set_rng_state(random);
            double loss = step.BackwardToArchitecture(images, labels, latencyWeight: 0).Task + step.BackwardToWeights(images, labels);
            return (
                [
                    .. bench
                        .Model.ArchitectureParameters.Concat(bench.Model.Weights)
                        .Select(parameter => parameter.grad)
                        .OfType<Tensor>()
                        .Select(gradient => gradient.clone()),
                ],
                loss
            );
        }
    }

    [Fact]
    public void A_weight_step_gives_gradients_to_weights_only()
    {
        using var bench = new Bench();
        bench.Step.BackwardToWeights(bench.Images, bench.Labels);
        Assert.All(bench.Model.ArchitectureParameters, parameter => Assert.Null(parameter.grad));
        // A norm belongs to one width, which a step need not sample; the kernels belong to all.
        Assert.All(bench.Model.Weights.Where(weight => weight.dim() == 4), weight => Assert.NotNull(weight.grad));
    }

    [Theory, InlineData(Role.Teacher, "1"), InlineData(Role.Student, "0")]
    public void Pretraining_leaves_the_other_roles_own_parts_alone(Role role, string other)
    {
        using var bench = new Bench();
        bench.Step.BackwardPretraining(bench.Images, bench.Labels, role);
        Assert.All(bench.Model.ArchitectureParameters, parameter => Assert.Null(parameter.grad));
        var others = bench
            .Model.Supernet.named_parameters()
            .Where(p => !p.name.StartsWith("cells.", StringComparison.Ordinal) && p.name.Split('.')[1] == other)
            .ToArray();
        Assert.NotEmpty(others);
        Assert.All(others, p => Assert.Null(p.parameter.grad));
    }

    /// <summary>Without a task the latency must make the student faster, with every kind of parameter, and leave the teacher as it
    /// is.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void The_latency_alone_pulls_alpha_beta_and_gamma_of_the_student_to_faster_choices(bool sampled)
    {
        using var scope = NewDisposeScope();
        using var bench = new Bench(sampled);
        ArchitectureParameters student = bench.Model.Student;
        double[] before = Terms(bench),
            teacher = [.. bench.Model.Teacher.parameters().Select(p => p.sum().ToDouble())];
        using OptimizerHelper adam = optim.Adam(bench.Model.ArchitectureParameters, 0.05, 0.5, 0.999);
        for (int i = 0; i < 40; i++)
        {
            adam.zero_grad();
            IReadOnlyList<Tensor> widths = sampled ? GumbelWidths.Sample(Space, student).OneHot : Softmax(student);
            bench.Latency.Of(student.Relaxed(), widths).backward();
            adam.step();
        }
        double[] after = Terms(bench);
        for (int term = 0; term < 3; term++)
            Assert.True(after[term] < before[term], $"term {term}: {before[term]} to {after[term]} ms");
        Assert.Equal(teacher, bench.Model.Teacher.parameters().Select(p => p.sum().ToDouble()));
    }

    /// <summary>Where every choice is even and every width full, there is nothing that the decoupled terms hold fixed; elsewhere the joint
    /// one sees all at once.</summary>
    [Fact]
    public void The_joint_penalty_has_all_parameters_free()
    {
        using var scope = NewDisposeScope();
        using var bench = new Bench();
        var joint = new JointLatency(bench.Regularizer);
        using (no_grad())
        {
            foreach (Parameter parameter in bench.Model.Student.parameters())
                parameter.zero_();
        }
        RelaxedArchitecture even = bench.Model.Student.Relaxed();
        Tensor[] full = [.. Softmax(bench.Model.Student).Select(w => zeros_like(w))];
        foreach (Tensor widths in full)
            widths.select(1, -1).fill_(1);
        double wanted = bench.Regularizer.Of(even, full, FreeParameters.Alpha).Sum.ToDouble();
        Assert.Equal(wanted, joint.Of(even, full).ToDouble(), 1e-9 * wanted);
        joint.Of(even, Softmax(bench.Model.Student)).backward();
        Assert.All(bench.Model.Student.parameters(), parameter => Assert.True(parameter.grad!.abs().sum().ToDouble() > 0));
        Assert.True(joint.Of(even, Softmax(bench.Model.Student)).ToDouble() < wanted);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Steps_leave_no_tensor_behind(bool second)
    {
        using var bench = new Bench();
        long[] alive = new long[4];
        for (int i = 0; i < alive.Length; i++)
        {
            using (NewDisposeScope())
            {
                if (second)
                    new UnrolledStep(bench.Model, bench.Step, bench.Phase).Backward(
                        (bench.Images, bench.Labels),
                        (bench.Images, bench.Labels),
                        0.01,
                        1
                    );
                else
                    bench.Step.BackwardToArchitecture(bench.Images, bench.Labels, 1);
                bench.Step.BackwardToWeights(bench.Images, bench.Labels);
                foreach (Parameter parameter in bench.Model.ArchitectureParameters.Concat(bench.Model.Weights))
                    parameter.grad = null;
            }
            alive[i] = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        Assert.Equal(alive[1], alive[3]);
    }

    private static double[] Terms(Bench bench)
    {
        using var noGradient = no_grad();
        RelaxedArchitecture architecture = bench.Model.Student.Relaxed();
        Tensor[] widths = Softmax(bench.Model.Student);
        return
        [
            .. new[] { FreeParameters.Alpha, FreeParameters.Beta, FreeParameters.Widths }.Select(free =>
                bench.Regularizer.Of(architecture, widths, free).Sum.ToDouble()
            ),
        ];
    }

    private static Tensor[] Softmax(ArchitectureParameters student) =>
        [.. Enumerable.Range(0, 3).Select(scale => student.Gamma(scale).softmax(1))];

    private sealed class Bench : IDisposable
    {
        public Bench(bool sampled = false, PhaseOptions? phase = null, ScalarType type = ScalarType.Float32)
        {
            Phase = phase ?? new PhaseOptions();
            manual_seed(3);
            Model = new SearchModel(Space, CPU, type);
            Regularizer = new LatencyRegularizer(TinySpace.Table(Space), Space, Role.Student);
            Latency = new DecoupledLatency(Regularizer, 1, 1, 1);
            Step = new SearchStep(Model, Latency, Phase, sampled);
            Images = randn(2, 3, 64, 64);
            Labels = randint(0, 10, [2, 8, 8], dtype: ScalarType.Int64);
        }

        public PhaseOptions Phase { get; }

        public SearchModel Model { get; }

        public LatencyRegularizer Regularizer { get; }

        public DecoupledLatency Latency { get; }

        public SearchStep Step { get; }

        public Tensor Images { get; }

        public Tensor Labels { get; }

        public void Dispose()
        {
            Model.Dispose();
            Images.Dispose();
            Labels.Dispose();
        }
    }
}
