using FasterSeg.Latency.Spaces;

namespace FasterSeg.Onnx;

/// <summary>A convolution's kernel and bias, the batch norm after it already folded in.</summary>
/// <param name="Weight">Kernel, row-major (out, in, row, column).</param>
/// <param name="OutChannels">Channels it makes.</param>
/// <param name="InChannels">Channels it reads.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Bias">One value for each output channel.</param>
public sealed record ConvolutionWeights(float[] Weight, int OutChannels, int InChannels, int Kernel, float[] Bias)
{
    /// <summary>True where the arrays have exactly the sizes that the shape asks for.</summary>
    public bool Fits(ConvolutionShape shape) =>
        (OutChannels, InChannels, Kernel) == (shape.OutChannels, shape.InChannels, shape.Kernel)
        && Weight.Length == shape.WeightCount
        && Bias.Length == shape.OutChannels;

    /// <summary>
    /// The convolution without bias followed by a batch norm in evaluation mode, as one convolution with bias:
    /// weight * gamma / sqrt(variance + epsilon) and beta - mean * gamma / sqrt(variance + epsilon). Computed in double.
    /// </summary>
    /// <param name="weight">Kernel, row-major (out, in, row, column).</param>
    /// <param name="inChannels">Channels the convolution reads.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="gamma">The norm's scale; its length is the number of output channels.</param>
    /// <param name="beta">The norm's shift.</param>
    /// <param name="mean">The norm's running mean.</param>
    /// <param name="variance">The norm's running variance.</param>
    /// <param name="epsilon">What the norm adds to the variance.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static ConvolutionWeights FoldBatchNorm(
        ReadOnlySpan<float> weight,
        int inChannels,
        int kernel,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        ReadOnlySpan<float> mean,
        ReadOnlySpan<float> variance,
        double epsilon = 1e-5
    )
    {
        int outChannels = gamma.Length;
        if (beta.Length != outChannels || mean.Length != outChannels || variance.Length != outChannels)
            throw new ArgumentException(
                $"A batch norm has {gamma.Length} scales, {beta.Length} shifts, {mean.Length} means and {variance.Length} "
                    + "variances: they must be equally many."
            );
        int perChannel = inChannels * kernel * kernel;
        if (weight.Length != outChannels * perChannel)
            throw new ArgumentException($"A kernel of {outChannels}x{inChannels}x{kernel}x{kernel} has {weight.Length} weights.");

        var folded = new float[weight.Length];
        var bias = new float[outChannels];
        for (int channel = 0; channel < outChannels; channel++)
        {
            double scale = gamma[channel] / Math.Sqrt(variance[channel] + epsilon);
            bias[channel] = (float)(beta[channel] - (mean[channel] * scale));
            for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++)
                folded[i] = (float)(weight[i] * scale);
        }
        return new(folded, outChannels, inChannels, kernel, bias);
    }
}
