namespace FasterSeg.Latency.Spaces;

/// <summary>One convolution of an operator.</summary>
/// <param name="Kernel">Rows and columns of its kernel.</param>
/// <param name="InChannels">Channels it reads.</param>
/// <param name="OutChannels">Channels it makes.</param>
/// <param name="HasNorm">True where a batch norm follows; false where it has a bias of its own (the head's last one).</param>
public sealed record ConvolutionShape(int Kernel, int InChannels, int OutChannels, bool HasNorm = true)
{
    /// <summary>Number of kernel weights.</summary>
    public long WeightCount => (long)OutChannels * InChannels * Kernel * Kernel;

    /// <summary>Trainable parameters: kernel and the norm's scale and shift, or kernel and bias.</summary>
    public long ParameterCount => WeightCount + ((HasNorm ? 2L : 1L) * OutChannels);
}
