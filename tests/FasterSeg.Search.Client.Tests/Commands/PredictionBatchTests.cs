using FasterSeg.Latency;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Data;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A batch of pictures of which some cannot be read, or on a disk that is full.</summary>
public sealed class PredictionBatchTests
{
    [Fact]
    public void A_prediction_that_cannot_be_written_ends_the_batch_and_says_how_many_are_done()
    {
        var samples = ListedSamples.Random(4, 2, 2);
        var batch = new PredictionBatch(samples, PredictionPlaces.Of(samples, "out", SegmentationDataset.PngOf), "out");
        void Full(RgbImage image, string file)
        {
            if (Path.GetFileName(file) == "2.png")
                throw new UserErrorException($"{file} cannot be written: No space left on device.");
        }
        string message = Assert
            .Throws<UserErrorException>(() => batch.Run(Full, new ListeningReporter(), TestContext.Current.CancellationToken))
            .Message;
        Assert.Equal(
            $"{Path.Combine("out", "2.png")} cannot be written: No space left on device. 2 pictures are in out, of 4; once that is mended, "
                + "the same command with --overwrite makes all of them.",
            message
        );
    }

    [Fact]
    public void Pictures_that_cannot_be_read_are_told_at_the_end_and_the_others_are_made()
    {
        var samples = new Damaged(ListedSamples.Random(3, 2, 2));
        var batch = new PredictionBatch(samples, PredictionPlaces.Of(samples, "out", SegmentationDataset.PngOf), "out");
        var made = new List<string>();
        batch.Run((_, file) => made.Add(Path.GetFileName(file)), new ListeningReporter(), TestContext.Current.CancellationToken);
        Assert.Equal(["0.png", "2.png"], made);
        using var console = new TestConsole();
        Assert.Equal(
            "1 of 3 pictures has no prediction, since it cannot be read: '1' is damaged.",
            Assert.Throws<UserErrorException>(() => batch.Tell(console)).Message
        );
        Assert.Contains("2 pictures are in out.", console.Output, StringComparison.Ordinal);
        Assert.Contains("fault: '1' is damaged.", console.Output, StringComparison.Ordinal);
    }

    /// <summary>Of these the second one cannot be read.</summary>
    private sealed class Damaged(ISampleSource samples) : ISampleSource
    {
        public int Count => samples.Count;

        public string NameOf(int index) => $"{index}";

        public Sample Load(int index) => index == 1 ? throw new UserErrorException("'1' is damaged.") : samples.Load(index);
    }
}
