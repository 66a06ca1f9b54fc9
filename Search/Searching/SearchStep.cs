using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// The losses of one step (paper, Sections 3.2 and 3.4) with their gradients. Each pass goes backward on its own, so that
/// only one pass's activations are in memory; the gradients add up to those of the sum.
/// </summary>
/// <param name="model">What is trained.</param>
/// <param name="latency">The student's latency regularizer; the teacher pays none.</param>
/// <param name="phase">The criterion, and in how many parts a batch is taken.</param>
/// <param name="sampledLatency">True: latency of the sampled widths (straight-through); false: in expectation over widths.</param>
public sealed class SearchStep(SearchModel model, ILatencyPenalty latency, PhaseOptions phase, bool sampledLatency)
{
    /// <summary>The losses are taken at every so many pixels of a crop: the supernet's heads answer at 1/8.</summary>
    public const int LabelStride = 8;

    /// <summary>The steps of a phase.</summary>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="searching">Which penalty the student pays.</param>
    /// <param name="phase">The criterion, and in how many parts a batch is taken.</param>
    public static SearchStep On(LatencyTable table, SearchModel model, SearchingOptions searching, PhaseOptions phase)
    {
        var regularizer = new LatencyRegularizer(table, model.Space, Role.Student);
        double[] w = NumberList.Parse(searching.DecoupledWeights);
        ILatencyPenalty penalty = searching.LatencyTerms switch
        {
            LatencyTerms.Joint => new JointLatency(regularizer),
            LatencyTerms.Decoupled => new DecoupledLatency(regularizer, w[0], w[1], w[2]),
            _ => throw new ArgumentException($"There are no latency terms {searching.LatencyTerms}.", nameof(searching)),
        };
        return new(model, penalty, phase, searching.LatencyWidths == LatencyWidths.Sampled);
    }

    private int Widest => model.Space.WidthRatios.Count - 1;

    /// <summary>
    /// Four passes: teacher at full width, student at sampled widths, student at the widest and at the narrowest (sandwich
    /// rule). Leaves the weights' gradients.
    /// </summary>
    /// <returns>The task's loss, summed over passes and heads.</returns>
    public double BackwardToWeights(Tensor images, Tensor labels)
    {
        using (no_grad())
        {
            RelaxedArchitecture teacher = model.Teacher.Relaxed(),
                student = model.Student.Relaxed();
            MapWidths sampled = GumbelWidths.Sample(model.Space, model.Student).Widths.WithoutScores();
            using (enable_grad())
            {
                return Backward(images, labels, Role.Teacher, teacher, All(Role.Teacher, Widest))
                    + Backward(images, labels, Role.Student, student, sampled)
                    + Backward(images, labels, Role.Student, student, All(Role.Student, Widest))
                    + Backward(images, labels, Role.Student, student, All(Role.Student, 0));
            }
        }
    }

    /// <summary>The same four passes, and the student's latency; leaves the gradients of alpha, beta and gamma.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="labels">[N, H/8, W/8].</param>
    /// <param name="latencyWeight">Of the latency in ms.</param>
    /// <param name="alsoToWeights">Leaves the weights' gradients too.</param>
    /// <returns>The task's loss and the latency's penalty in ms.</returns>
    public (double Task, double LatencyMs) BackwardToArchitecture(
        Tensor images,
        Tensor labels,
        double latencyWeight,
        bool alsoToWeights = false
    )
    {
        model.FreezeWeights(!alsoToWeights);
        try
        {
            SampledWidths sampled = GumbelWidths.Sample(model.Space, model.Student);
            double task =
                Backward(images, labels, Role.Teacher, model.Teacher.Relaxed(), All(Role.Teacher, Widest))
                + Backward(images, labels, Role.Student, model.Student.Relaxed(), sampled.Widths, keepGraph: sampledLatency)
                + Backward(images, labels, Role.Student, model.Student.Relaxed(), All(Role.Student, Widest))
                + Backward(images, labels, Role.Student, model.Student.Relaxed(), All(Role.Student, 0));
            Tensor expected = Latency(sampledLatency ? sampled.OneHot : null);
            (latencyWeight * expected).backward();
            return (task, expected.ToDouble());
        }
        finally
        {
            model.FreezeWeights(false);
        }
    }

    /// <summary>
    /// Pretraining: widest, narrowest and two random widths of one role, alpha and beta as they are. The caller alternates the
    /// roles, so that both have trained stems and heads when the search begins.
    /// </summary>
    public double BackwardPretraining(Tensor images, Tensor labels, Role role)
    {
        RelaxedArchitecture architecture;
        using (no_grad())
            architecture = model.Of(role).Relaxed();
        return Backward(images, labels, role, architecture, All(role, Widest))
            + Backward(images, labels, role, architecture, All(role, 0))
            + Backward(images, labels, role, architecture, RandomWidths(role))
            + Backward(images, labels, role, architecture, RandomWidths(role));
    }

    private Tensor Latency(IReadOnlyList<Tensor>? oneHot) =>
        latency.Of(model.Student.Relaxed(), oneHot ?? model.Student.WidthProbabilities());

    private double Backward(
        Tensor images,
        Tensor labels,
        Role role,
        RelaxedArchitecture architecture,
        MapWidths widths,
        bool keepGraph = false
    )
    {
        int parts = phase.Accumulation;
        long size = images.shape[0] / parts;
        double sum = 0;
        for (int part = 0; part < parts; part++)
        {
            using IDisposable scope = NewDisposeScope();
            using IDisposable inPlace = KernelSlice.AddGradientsInPlace();
            Tensor truth = labels.narrow(0, part * size, size);
            OhemCrossEntropy criterion = OhemCrossEntropy.For(phase, truth);
            Tensor loss =
                SearchLoss.Of(
                    model.Supernet.forward(images.narrow(0, part * size, size), role, architecture, widths),
                    truth,
                    criterion.Loss
                ) / parts;
            // The parts share the graph of the architecture's softmax; a part's own goes with its scope.
            loss.backward(retain_graph: keepGraph || part + 1 < parts);
            sum += loss.ToDouble();
        }
        return sum;
    }

    private MapWidths All(Role role, int index) => MapWidths.All(model.Space, role, index);

    private MapWidths RandomWidths(Role role) =>
        new(
            model.Space,
            role,
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(scale =>
                        randint(0, Widest + 1, [MapRows.Count(model.Space, scale)], dtype: ScalarType.Int64)
                            .data<long>()
                            .Select(i => new MapWidth((int)i))
                            .ToArray()
                    ),
            ]
        );
}
