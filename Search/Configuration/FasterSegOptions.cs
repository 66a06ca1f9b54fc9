using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Native.Kernels;

namespace FasterSeg.Search.Configuration;

/// <summary>The whole configuration: a JSON file, with <c>--set section:key=value</c> on top.</summary>
public sealed class FasterSegOptions
{
    /// <summary>Seeds everything that is drawn at random.</summary>
    public int Seed { get; set; } = 12345;

    /// <summary>Torch threads; 0 is one for each core.</summary>
    [Unit("threads")]
    public int Threads { get; set; }

    /// <summary>Which of libtorch's kernels: <c>auto</c> checks them and takes the fastest that compute right; a name takes those,
    /// unchecked.</summary>
    public string Kernels { get; set; } = TorchKernels.Automatic;

    /// <inheritdoc cref="MachineOptions"/>
    public MachineOptions Machine { get; set; } = new();

    /// <inheritdoc cref="SpaceOptions"/>
    public SpaceOptions Space { get; set; } = new();

    /// <inheritdoc cref="DataOptions"/>
    public DataOptions Data { get; set; } = new();

    /// <inheritdoc cref="MeasuringOptions"/>
    public MeasuringOptions Measuring { get; set; } = new();

    /// <summary>Section <c>pretrain</c>: weights only, before the search.</summary>
    public PhaseOptions Pretrain { get; set; } =
        new()
        {
            Epochs = 20,
            Batch = 3,
            CropHeight = 256,
            CropWidth = 512,
            DownSampling = 2,
            LearningRate = 0.02,
            LearningRateDecay = 0.978,
        };

    /// <inheritdoc cref="SearchingOptions"/>
    public SearchingOptions Searching { get; set; } = new();

    /// <inheritdoc cref="OneShotOptions"/>
    public OneShotOptions OneShot { get; set; } = new();

    /// <inheritdoc cref="HalvingOptions"/>
    public HalvingOptions Halving { get; set; } = new();

    /// <inheritdoc cref="TrainingOptions"/>
    public TrainingOptions Training { get; set; } = new();
}
