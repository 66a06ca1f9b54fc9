using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>The length of a gradient over all parameters: one that is not finite tells that the step spoiled the weights, before a loss
/// does.</summary>
public static class GradientNorm
{
    /// <summary>Its name among the scalars.</summary>
    public const string Scalar = "gradient_norm";

    /// <summary>Scales the gradients so that their common norm is at most <paramref name="largest"/>.</summary>
    /// <param name="parameters">Those without a gradient are left out.</param>
    /// <param name="largest">0 does not clip.</param>
    /// <returns>The norm before.</returns>
    public static double Clip(IEnumerable<Parameter> parameters, double largest) =>
        nn.utils.clip_grad_norm_(parameters, largest > 0 ? largest : double.PositiveInfinity);
}
