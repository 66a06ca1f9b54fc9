namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>Versions of NVIDIA's libraries, asked of the libraries themselves; null for one that is not to be loaded.</summary>
/// <param name="Cuda">The CUDA runtime.</param>
/// <param name="Cudnn">cuDNN.</param>
/// <param name="TensorRt">TensorRT.</param>
public sealed record LibraryVersions(Version? Cuda, Version? Cudnn, Version? TensorRt)
{
    /// <summary>Of <c>cudaRuntimeGetVersion</c>: 1000 times major and 10 times minor.</summary>
    public static Version OfCuda(int number) => new(number / 1000, number % 1000 / 10);

    /// <summary>Of <c>cudnnGetVersion</c>: 8907 is 8.9.7; from 9 on, 90100 is 9.1.0.</summary>
    public static Version OfCudnn(long number)
    {
        int value = (int)number;
        return value >= 90_000
            ? new(value / 10_000, value % 10_000 / 100, value % 100)
            : new(value / 1000, value % 1000 / 100, value % 100);
    }

    /// <summary>Of <c>getInferLibVersion</c>: 8601 is 8.6.1; from 10 on, 101300 is 10.13.0.</summary>
    public static Version OfTensorRt(int number) =>
        number >= 100_000
            ? new(number / 10_000, number % 10_000 / 100, number % 100)
            : new(number / 1000, number % 1000 / 100, number % 100);
}
