using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Tests;

/// <summary>The smallest search that has every part: 4 layers, three widths, six synthetic scenes of 64x64.</summary>
internal static class TinySearch
{
    public static FasterSegOptions Options()
    {
        var options = new FasterSegOptions
        {
            Seed = 7,
            Space =
            {
                Height = 64,
                Width = 64,
                Fch = 4,
                Layers = 4,
                Classes = 10,
                Widths = "6/12, 9/12, 12/12",
                StudentStem = "6/12",
                StudentHead = "6/12",
            },
            Data =
            {
                SyntheticHeight = 64,
                SyntheticWidth = 64,
                SyntheticImages = 6,
            },
            // Whoever tests it asks for it.
            OneShot = { AdaptationSteps = 0 },
            Searching = { ArchitectureLearningRate = 0.05, Target = "0.001-1000 ms" },
        };
        foreach (PhaseOptions phase in new[] { options.Pretrain, options.Searching, options.Training })
            (phase.Epochs, phase.StepsPerEpoch, phase.Batch, phase.CropHeight, phase.CropWidth, phase.DownSampling, phase.LearningRate) = (
                2,
                3,
                2,
                32,
                64,
                1,
                0.02
            );
        return options;
    }

    /// <summary>With shared weights of three steps, and six networks scored.</summary>
    public static FasterSegOptions WithSharedWeights()
    {
        FasterSegOptions options = Options();
        OneShotOptions phase = options.OneShot;
        (phase.Epochs, phase.StepsPerEpoch, phase.Batch, phase.CropHeight, phase.CropWidth, phase.Paths) = (1, 3, 2, 32, 64, 2);
        (phase.Networks, phase.Population, phase.Parents, phase.CalibrationBatches) = (6, 4, 2, 1);
        return options;
    }

    public static SegmentationDataset Data(FasterSegOptions options) => DatasetLocator.Open("synthetic", options.Data);
}

/// <summary>Keeps what is said; runs an action at a chosen step.</summary>
internal sealed class ListeningReporter(Action<string, double>? atStep = null) : IProgressReporter
{
    public List<string> Lines { get; } = [];

    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") => atStep?.Invoke(task, done);

    public void Say(string line) => Lines.Add(line);
}
