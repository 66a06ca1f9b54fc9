using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// alpha, beta and gamma of teacher or student, before their softmax. A module of its own, so that the weights' optimizer
/// never sees them.
/// </summary>
public sealed class ArchitectureParameters : nn.Module
{
    private const double InitialSpread = 1e-3;

    private readonly SearchSpace space;
    private readonly Role role;

    /// <summary>Makes parameters near zero: every choice is as likely as any other at the start.</summary>
    public ArchitectureParameters(SearchSpace space, Role role)
        : base(nameof(ArchitectureParameters))
    {
        (this.space, this.role) = (space, role);
        for (int scale = 0; scale < SearchSpace.Scales.Count; scale++)
        {
            Register($"alpha_{(int)role}_{scale}", space.Layers - scale, SearchSpace.SearchedKinds.Count);
            if (scale > 0)
                Register($"beta_{(int)role}_{scale}", space.Layers - scale - 1, 2);
            // The teacher is always at full width: it has no gamma.
            if (role == Role.Student)
                Register($"ratio_{(int)role}_{scale}", MapRows.Count(space, scale), space.WidthRatios.Count);
        }
    }

    /// <summary>[L - s, 5]: row l - s speaks of the cell at layer l and scale s, in the order of
    /// <see cref="SearchSpace.SearchedKinds"/>.</summary>
    public Tensor Alpha(int scale) => get_parameter($"alpha_{(int)role}_{scale}")!;

    /// <summary>[L - s - 1, 2] for scales 1 and 2: row l - s - 1 weighs (came down, kept) at the cell at layer l and scale s.</summary>
    public Tensor Beta(int scale) => get_parameter($"beta_{(int)role}_{scale}")!;

    /// <summary>[maps of the scale, widths] of the student ("ratio" in the released code); see <see cref="MapRows.Of"/>.</summary>
    public Tensor Gamma(int scale) => get_parameter($"ratio_{(int)role}_{scale}")!;

    /// <summary>alpha and beta after their softmax; differentiable.</summary>
    public RelaxedArchitecture Relaxed() =>
        new([.. Enumerable.Range(0, 3).Select(scale => Alpha(scale).softmax(1))], [null, Beta(1).softmax(1), Beta(2).softmax(1)]);

    /// <summary>The probabilities of the widths, for each scale [maps of the scale, widths], of a student; differentiable.</summary>
    public IReadOnlyList<Tensor> WidthProbabilities() => [.. Enumerable.Range(0, 3).Select(scale => Gamma(scale).softmax(1))];

    /// <summary>The most probable width of every map, the widest for the teacher; no gradient.</summary>
    public MapWidths ArgmaxWidths()
    {
        if (role == Role.Teacher)
            return MapWidths.All(space, role, space.WidthRatios.Count - 1);
        return new MapWidths(
            space,
            role,
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(scale => Gamma(scale).argmax(1).cpu().data<long>().Select(index => new MapWidth((int)index)).ToArray()),
            ]
        );
    }

    /// <summary>The numbers as plain data; a teacher's gamma is empty.</summary>
    public ArchitectureValues Values() =>
        new(
            [.. Enumerable.Range(0, 3).Select(scale => Rows(Alpha(scale)))],
            [
                [],
                Rows(Beta(1)),
                Rows(Beta(2)),
            ],
            role == Role.Student
                ? [.. Enumerable.Range(0, 3).Select(scale => Rows(Gamma(scale)))]
                :
                [
                    [],
                    [],
                    [],
                ]
        );

    /// <summary>Mean entropy of the choices in nats, for each of the three kinds; it falls as the search decides.</summary>
    public ArchitectureEntropy Entropy()
    {
        using IDisposable _ = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        return new ArchitectureEntropy(
            Mean([Alpha(0), Alpha(1), Alpha(2)]),
            Mean([Beta(1), Beta(2)]),
            role == Role.Student ? Mean([Gamma(0), Gamma(1), Gamma(2)]) : 0
        );
    }

    private static double Mean(Tensor[] logits)
    {
        Tensor log = cat([.. logits], 0).log_softmax(1);
        return -(log.exp() * log).sum(1).mean().ToDouble();
    }

    private static double[][] Rows(Tensor values)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor numbers = values.detach().to(ScalarType.Float64).cpu();
        return [.. numbers.data<double>().ToArray().Chunk((int)values.shape[1])];
    }

    private void Register(string name, int rows, int columns) =>
        register_parameter(name, new Parameter(randn(rows, columns) * InitialSpread));
}
