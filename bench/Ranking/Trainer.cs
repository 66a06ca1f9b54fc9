using System.Diagnostics;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Bench.Ranking;

/// <summary>Trains one network as the product trains a student without a teacher, and evaluates it at the space's size.</summary>
/// <param name="options">The benchmark's configuration.</param>
/// <param name="data">CamVid as it is published.</param>
/// <param name="work">A folder for what is not finished; a training that was interrupted goes on there.</param>
/// <param name="device">Where torch computes.</param>
internal sealed class Trainer(FasterSegOptions options, SegmentationDataset data, string work, Device device)
{
    private const int StepsPerEpoch = 50;

    private readonly SearchSpace space = options.Space.ToSpace();
    private readonly SegmentationDataset sized = data.FittedTo(options);

    /// <summary>Mean IoU, cross-entropy and processor seconds of a training.</summary>
    /// <exception cref="OperationCanceledException">Interrupted; the next call goes on.</exception>
    public (double MeanIou, double Loss, double Seconds) Run(RankedNetwork network, Trial trial, CancellationToken cancellation)
    {
        string folder = Path.Combine(work, FormattableString.Invariant($"{trial.Network}-s{trial.Seed}-n{trial.Steps}"));
        RunFolder run = RunFolder.Exists(folder) ? RunFolder.Open(folder) : RunFolder.Create(folder);
        options.Seed = trial.Seed;
        (options.Training.Epochs, options.Training.StepsPerEpoch) = (trial.Steps / StepsPerEpoch, StepsPerEpoch);
        ConfigurationLoader.Save(options, run.Configuration);
        CheckpointFile checkpoint = run.TrainingCheckpoint(Role.Student);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        using (
            var training = new NetworkTraining(
                options,
                sized,
                network.Architecture(space),
                teacher: null,
                run,
                device,
                new QuietReporter(),
                resume: checkpoint.Exists
            )
        )
            training.Run(cancellation);
        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        using DerivedNetwork trained = new TrainingCheckpoint(checkpoint).LoadNetwork(device, out _);
        var (meanIou, loss) = Evaluate(trained);
        Directory.Delete(folder, recursive: true);
        return (meanIou, loss, seconds);
    }

    private (double MeanIou, double Loss) Evaluate(DerivedNetwork network)
    {
        var confusion = new ConfusionMatrix(space.Classes);
        double sum = 0;
        long pixels = 0;
        using IDisposable noGradient = no_grad();
        using var still = new StillCollector();
        for (int i = 0; i < sized.Validation.Count; i++)
        {
            still.Renew();
            using IDisposable scope = NewDisposeScope();
            Sample sample = sized.Validation.Load(i);
            ImagePadding padding = ImagePadding.ToMultiple(sample.Image.Height, sample.Image.Width);
            Tensor logits = Bilinear.Enlarge(network.forward(padding.ToTensor(sample.Image, device)), 8);
            confusion.Add(padding.Crop(Prediction.Classes(logits)).Classes, sample.Label.Classes);
            Tensor label = tensor(sample.Label.Classes).reshape(1, sample.Label.Height, sample.Label.Width).to(ScalarType.Int64).to(device);
            sum += nn.functional.cross_entropy(logits, label, ignore_index: LabelMap.Ignore, reduction: nn.Reduction.Sum).ToDouble();
            pixels += sample.Label.Classes.LongCount(value => value != LabelMap.Ignore);
        }
        return (confusion.MeanIou, sum / pixels);
    }
}
