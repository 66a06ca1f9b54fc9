using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>Search and training on images that are twice the deployed size: brought to it, they are the images of that size.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class DeployedSizeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_training_sees_images_at_the_deployed_size()
    {
        string wanted = Train("as-they-are", ImageFit.Resize, doubled: false);
        Assert.Equal(wanted, Train("doubled", ImageFit.Resize, doubled: true));
        Assert.NotEqual(wanted, Train("own", ImageFit.Own, doubled: true));
    }

    [Fact]
    public void A_training_that_crops_is_validated_by_the_pixels_that_its_network_sees()
    {
        FasterSegOptions options = Options(ImageFit.Crop);
        // Half of each image is cut off.
        options.Data.SyntheticWidth = 2 * options.Space.Width;
        (options.Training.Validations, options.Training.ValidationImages) = (1, 0);
        SegmentationDataset data = TinySearch.Data(options);
        RunFolder run = Train("crop", options, data);

        using DerivedNetwork network = new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).LoadNetwork(CPU, out _);
        ConfusionMatrix evaluated = NetworkEvaluation.Run(
            network,
            data.Split("val"),
            EvaluationMode.Deployed(options),
            CPU,
            new ListeningReporter(),
            TestContext.Current.CancellationToken
        );
        ScalarSeries logged = ScalarFile.Read(run.Scalars).Series.Single(series => series.Name == NetworkTraining.ValidationScalar);
        Assert.Equal(evaluated.MeanIou, logged.Values.Single(), 6);
        Assert.InRange(evaluated.Total, 1, data.Validation.Count * options.Space.Height * options.Space.Width);
    }

    [Theory]
    [
        InlineData(SearchMethod.Differentiable, "search.json"),
        InlineData(SearchMethod.Oneshot, "scores.jsonl"),
        InlineData(SearchMethod.Random, "halving-3.jsonl")
    ]
    public void A_search_sees_images_at_the_deployed_size_and_judges_by_them(SearchMethod method, string judgement)
    {
        (string Parameters, string Judgement) wanted = Search("as-they-are", ImageFit.Resize, doubled: false);
        Assert.Equal(wanted, Search("doubled", ImageFit.Resize, doubled: true));
        Assert.NotEqual(wanted.Judgement, Search("own", ImageFit.Own, doubled: true).Judgement);

        (string Parameters, string Judgement) Search(string name, ImageFit fit, bool doubled)
        {
            FasterSegOptions options = Options(fit, method);
            RunFolder run = RunFolder.Create(folder[name]);
            using ISearch search = Made(options, Data(options, doubled), run);
            search.Run(TestContext.Current.CancellationToken);
            return (File.ReadAllText(run.Parameters), File.ReadAllText(run.In(judgement)));
        }
    }

    private string Train(string name, ImageFit fit, bool doubled)
    {
        FasterSegOptions options = Options(fit);
        // What it is validated on is counted at the labels' own size, which is another one here.
        options.Training.Validations = 0;
        return File.ReadAllText(Train(name, options, Data(options, doubled)).Scalars);
    }

    private RunFolder Train(string name, FasterSegOptions options, SegmentationDataset data)
    {
        RunFolder run = RunFolder.Create(folder[name]);
        using var training = new NetworkTraining(
            options,
            data,
            RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1),
            null,
            run,
            CPU,
            new ListeningReporter(),
            resume: false
        );
        training.Run(TestContext.Current.CancellationToken);
        return run;
    }

    private static ISearch Made(FasterSegOptions options, SegmentationDataset data, RunFolder run)
    {
        LatencyTable table = TinySpace.Table(options.Space.ToSpace());
        var target = LatencyTarget.Parse(options.Searching.Target);
        var hooks = new SearchHooks(new ListeningReporter());
        return options.Searching.Method switch
        {
            SearchMethod.Differentiable => new SupernetSearch(options, data, table, target, run, CPU, hooks),
            SearchMethod.Oneshot => new OneShotSearch(options, data, table, target, run, CPU, hooks),
            _ => new RandomSearch(options, data, table, target, run, CPU, hooks),
        };
    }

    private static FasterSegOptions Options(ImageFit fit, SearchMethod method = SearchMethod.Differentiable)
    {
        FasterSegOptions options = TinySearch.Options();
        options.Searching.Method = method;
        options.Data.Fit = fit;
        OneShotOptions shared = options.OneShot;
        (shared.StepsPerEpoch, shared.Batch, shared.CropHeight, shared.CropWidth, shared.Paths) = (3, 2, 32, 64, 2);
        (shared.Networks, shared.Population, shared.Parents, shared.CalibrationBatches) = (4, 2, 2, 1);
        (options.Halving.Finalists, options.Halving.Steps) = (options.Searching.Method == SearchMethod.Random ? 2 : 1, 3);
        foreach (PhaseOptions phase in new[] { options.Pretrain, options.Searching, options.Training, shared })
            phase.Epochs = 1;
        return options;
    }

    private static SegmentationDataset Data(FasterSegOptions options, bool doubled)
    {
        SegmentationDataset data = TinySearch.Data(options);
        return doubled ? data with { Train = new Doubled(data.Train), Validation = new Doubled(data.Validation) } : data;
    }

    /// <summary>Four pixels of each.</summary>
    private sealed class Doubled(ISampleSource samples) : ISampleSource
    {
        public int Count => samples.Count;

        public Sample Load(int index)
        {
            Sample sample = samples.Load(index);
            var image = new RgbImage(2 * sample.Image.Height, 2 * sample.Image.Width);
            for (int i = 0; i < image.Height * image.Width; i++)
                sample.Image[i / image.Width / 2, i % image.Width / 2].CopyTo(image[i / image.Width, i % image.Width]);
            return sample with { Image = image, Label = sample.Label.Resize(image.Height, image.Width) };
        }
    }
}
