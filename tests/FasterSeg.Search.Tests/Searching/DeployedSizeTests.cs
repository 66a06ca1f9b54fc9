using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
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
    public void A_search_sees_images_at_the_deployed_size_and_judges_by_them()
    {
        (string Parameters, string Result) wanted = Search("as-they-are", ImageFit.Resize, doubled: false);
        Assert.Equal(wanted, Search("doubled", ImageFit.Resize, doubled: true));
        Assert.NotEqual(wanted.Result, Search("own", ImageFit.Own, doubled: true).Result);
    }

    private string Train(string name, ImageFit fit, bool doubled)
    {
        FasterSegOptions options = Options(fit);
        RunFolder run = RunFolder.Create(folder[name]);
        using var training = new NetworkTraining(
            options,
            Data(options, doubled),
            RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1),
            null,
            run,
            CPU,
            new ListeningReporter(),
            resume: false
        );
        training.Run(TestContext.Current.CancellationToken);
        return File.ReadAllText(run.Scalars);
    }

    private (string Parameters, string Result) Search(string name, ImageFit fit, bool doubled)
    {
        FasterSegOptions options = Options(fit);
        RunFolder run = RunFolder.Create(folder[name]);
        using var search = new SupernetSearch(
            options,
            Data(options, doubled),
            TinySpace.Table(options.Space.ToSpace()),
            LatencyTarget.Parse(options.Searching.Target),
            run,
            CPU,
            new SearchHooks(new ListeningReporter())
        );
        search.Run(TestContext.Current.CancellationToken);
        return (File.ReadAllText(run.Parameters), File.ReadAllText(run.SearchResult));
    }

    private static FasterSegOptions Options(ImageFit fit)
    {
        FasterSegOptions options = TinySearch.Options();
        options.Data.Fit = fit;
        foreach (PhaseOptions phase in new[] { options.Pretrain, options.Searching, options.Training })
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
