using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Options of a training phase that a run would not miss by itself.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class TrainingOptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1.0, 0.0, 8)] // every pixel is hard
    [InlineData(0.0, 0.5, 4)] // none by the threshold, so the hardest half
    [InlineData(0.5, 0.0, 5)] // those whose class has a probability of at most 0.5
    [InlineData(0.5, 0.75, 6)]
    public void The_threshold_and_the_share_of_a_phase_say_which_pixels_count(double threshold, double share, int counted)
    {
        using var scope = NewDisposeScope();
        // Two classes, the true one is 0: its probability falls from pixel to pixel, and is below a half from the fourth one on.
        float[] advantages = [4, 3, 1, -0.1f, -1, -2, -3, -4];
        Tensor logits = stack([tensor(advantages), zeros(8)]).reshape(1, 2, 2, 4),
            labels = zeros(1, 2, 4, ScalarType.Int64);
        double[] losses = [.. advantages.Select(a => Math.Log(1 + Math.Exp(-a))).OrderDescending()];

        double loss = OhemCrossEntropy
            .For(new PhaseOptions { HardThreshold = threshold, HardShare = share }, labels)
            .Loss(logits, labels)
            .ToDouble();

        Assert.Equal(losses.Take(counted).Average(), loss, 1e-5);
    }

    /// <summary>In parts, a batch's loss is the mean of its parts' losses, each with statistics of its own.</summary>
    [Fact]
    public void A_training_puts_its_batch_through_in_parts_where_it_is_told_to()
    {
        double FirstLoss(int batch, int accumulation)
        {
            FasterSegOptions options = TinySearch.Options();
            (options.Training.Batch, options.Training.Accumulation, options.Training.StepsPerEpoch, options.Training.Epochs) = (
                batch,
                accumulation,
                1,
                1
            );
            RunFolder run = RunFolder.Create(folder[$"{batch}-{accumulation}"]);
            using var training = new NetworkTraining(
                options,
                TinySearch.Data(options),
                RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 1),
                null,
                run,
                CPU,
                new ListeningReporter(),
                resume: false
            );
            training.Run(TestContext.Current.CancellationToken);
            string row = Assert.Single(File.ReadLines(run.Scalars), row => row.Contains(",loss,", StringComparison.Ordinal));
            return double.Parse(row.Split(',')[^1], CultureInfo.InvariantCulture);
        }
        // The first part of four pictures in two parts is the batch of two that the same seed draws.
        double whole = FirstLoss(4, 1),
            parts = FirstLoss(4, 2),
            first = FirstLoss(2, 1);
        Assert.NotEqual(whole, parts, 1e-4);
        Assert.NotEqual(first, parts, 1e-4);
        Assert.InRange(parts, 0.5 * whole, 2 * whole);
    }
}
