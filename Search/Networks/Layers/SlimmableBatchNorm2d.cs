using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// Batch normalization with statistics and scale private to each width (slimmable networks). With a single width it is an
/// ordinary batch norm, and its parameters are named as one.
/// </summary>
public sealed class SlimmableBatchNorm2d : nn.Module<Tensor, int, Tensor>
{
    /// <summary>Added to the variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Weight of a batch in the running statistics.</summary>
    public const double Momentum = 0.1;

    private readonly ModuleList<SlimmableBatchNorm2d>? byWidth;

    /// <summary>Makes one norm for each width.</summary>
    /// <param name="channels">Channels of each width, narrowest first.</param>
    public SlimmableBatchNorm2d(params IReadOnlyList<int> channels)
        : base(nameof(SlimmableBatchNorm2d))
    {
        if (channels.Count > 1)
        {
            byWidth = new ModuleList<SlimmableBatchNorm2d>([.. channels.Select(c => new SlimmableBatchNorm2d(c))]);
            register_module("bn", byWidth);
            return;
        }
        register_parameter("weight", new Parameter(ones(channels[0])));
        register_parameter("bias", new Parameter(zeros(channels[0])));
        register_buffer("running_mean", zeros(channels[0]));
        register_buffer("running_var", ones(channels[0]));
    }

    /// <summary>The norms of a module that have statistics, each once: torch lists a module under each name that it is known by, and the
    /// same norm is often known as a part of a sequence and by itself.</summary>
    public static IEnumerable<SlimmableBatchNorm2d> Of(nn.Module module) =>
        module.modules().OfType<SlimmableBatchNorm2d>().Where(norm => norm.byWidth is null).Distinct();

    /// <summary>Scale of a single-width norm, [C].</summary>
    public Tensor Weight => get_parameter("weight")!;

    /// <summary>Shift of a single-width norm, [C].</summary>
    public Tensor Bias => get_parameter("bias")!;

    /// <summary>Running mean of a single-width norm, [C].</summary>
    public Tensor RunningMean => get_buffer("running_mean")!;

    /// <summary>Running variance of a single-width norm, [C].</summary>
    public Tensor RunningVariance => get_buffer("running_var")!;

    /// <summary>Normalizes [N, C, H, W] with the statistics of width number <paramref name="width"/>.</summary>
    public override Tensor forward(Tensor x, int width) =>
        byWidth is null
            ? nn.functional.batch_norm(x, RunningMean, RunningVariance, Weight, Bias, training, Momentum, Epsilon)
            : byWidth[width].forward(x, 0);

    /// <summary>Normalizes maps that lie behind one another along the batch, each with statistics of its own, and lets go of
    /// them.</summary>
    /// <param name="joined">[count * N, C, H, W].</param>
    /// <param name="width">Which of the widths.</param>
    /// <param name="count">How many maps.</param>
    public Tensor[] Each(Tensor joined, int width, int count)
    {
        using Tensor all = joined;
        if (count == 1)
            return [forward(all, width)];
        Tensor[] parts = all.chunk(count, 0);
        Tensor[] normalized = [.. parts.Select(part => forward(part, width))];
        foreach (Tensor part in parts)
            part.Dispose();
        return normalized;
    }
}
