namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>
/// A set of libraries that were made for each other. The GTX 1080 Ti and today's libraries do not meet, so there are two, side by
/// side; a build is for one of them (<c>-p:Gpu=pascal</c> or <c>-p:Gpu=current</c>).
/// </summary>
/// <param name="Name">What the build property <c>Gpu</c> says.</param>
/// <param name="OnnxRuntime">Version of ONNX Runtime's GPU package.</param>
/// <param name="CudaMajor">Major version of the CUDA runtime that this ONNX Runtime is linked with.</param>
/// <param name="CudnnMajor">Major version of cuDNN.</param>
/// <param name="TensorRtMajor">Major version of TensorRT.</param>
/// <param name="Lowest">Lowest compute capability that all of them run on.</param>
/// <param name="Beyond">Lowest compute capability that is too new for them; null where none is known.</param>
/// <param name="TakesStream">Its provider options take a stream of ours, on which device events can time a run.</param>
/// <param name="Install">Which versions to install, in words.</param>
public sealed record GpuStack(
    string Name,
    string OnnxRuntime,
    int CudaMajor,
    int CudnnMajor,
    int TensorRtMajor,
    Version Lowest,
    Version? Beyond,
    bool TakesStream,
    string Install
)
{
    /// <summary>
    /// The last libraries for the GTX 10 series: TensorRT 10 rejects compute capability 6.1, CUDA 13 dropped it. CUDA 11.8 knows
    /// nothing beyond 9.0.
    /// </summary>
    public static GpuStack Pascal { get; } =
        new(
            "pascal",
            "1.17.3",
            CudaMajor: 11,
            CudnnMajor: 8,
            TensorRtMajor: 8,
            new(6, 0),
            new(10, 0),
            TakesStream: false,
            "CUDA 11.8, cuDNN 8.9 and TensorRT 8.6.1"
        );

    /// <summary>Today's: ONNX Runtime's package holds machine code for compute capability 7.5 and up, and needs CUDA 13.</summary>
    public static GpuStack Current { get; } =
        new(
            "current",
            "1.31.0",
            CudaMajor: 13,
            CudnnMajor: 9,
            TensorRtMajor: 10,
            new(7, 5),
            Beyond: null,
            TakesStream: true,
            "CUDA 13, cuDNN 9 and TensorRT 10"
        );

    /// <summary>The stack that this program was built for; null where it was built for the CPU alone.</summary>
#if GPU_PASCAL
    public static GpuStack? Built => Pascal;
#elif GPU_CURRENT
    public static GpuStack? Built => Current;
#else
    public static GpuStack? Built => null;
#endif
}
