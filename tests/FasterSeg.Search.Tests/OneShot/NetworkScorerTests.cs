using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.OneShot;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

[Collection(nameof(TorchGenerator))]
public sealed class NetworkScorerTests
{
    [Fact]
    public void A_score_depends_on_the_weights_and_not_on_what_the_norms_have_seen()
    {
        FasterSegOptions options = TinySearch.Options();
        OneShotOptions phase = options.OneShot;
        (phase.Batch, phase.CropHeight, phase.CropWidth, phase.CalibrationBatches) = (2, 32, 64, 3);
        var images = HeldOutImages.Of(TinySearch.Data(options).Train, 0.4, seed: 1);
        Assert.Equal((4, 2), (images.Weights.Count, images.Scores.Count));
        manual_seed(1);
        using var supernet = new OneShotSupernet(options.Space.ToSpace());
        using var evaluation = new HeldOutEvaluation(options, images, CPU);
        var scorer = new NetworkScorer(supernet, evaluation, CPU);
        DerivedArchitecture network = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 2);
        NetworkScore first = scorer.Score(network);
        Assert.True(double.IsFinite(first.Loss) && first.Loss > 0);
        using (no_grad())
        {
            foreach (var (name, buffer) in supernet.named_buffers())
                buffer.fill_(name.EndsWith("var", StringComparison.Ordinal) ? 7 : -3);
        }
        Assert.Equal(first, scorer.Score(network));
        // A score leaves the shared statistics as they are.
        Assert.All(supernet.named_buffers(), each => Assert.Contains(each.buffer.mean().ToSingle(), new[] { 7f, -3f }));
        using (no_grad())
        {
            foreach (var (name, parameter) in supernet.named_parameters())
            {
                if (name.StartsWith("stem.0.", StringComparison.Ordinal) && parameter.dim() == 4)
                    parameter.neg_();
            }
        }
        Assert.NotEqual(first.Loss, scorer.Score(network).Loss);
    }

    [Fact]
    public void A_network_is_trained_on_from_the_shared_weights_which_stay_as_they_are()
    {
        var (options, two) = WholeImages();
        var images = new HeldOutImages(two, two);
        manual_seed(1);
        using var supernet = new OneShotSupernet(options.Space.ToSpace());
        DerivedArchitecture network = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 2);
        Tensor[] before = [.. supernet.parameters().Select(parameter => parameter.detach().clone())];
        double[] losses = [.. new[] { 0, 12, 12 }.Select(Loss)];
        Assert.True(losses[1] < 0.95 * losses[0], $"{losses[0]}, after the steps {losses[1]}");
        Assert.Equal(losses[1], losses[2]);
        Assert.All(supernet.parameters().Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().ToBoolean()));

        double Loss(int steps)
        {
            using var evaluation = new HeldOutEvaluation(options, images, CPU);
            return new NetworkScorer(supernet, evaluation, CPU).Score(network, steps).Loss;
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    // About two batches.
    [InlineData(200_000)]
    public void Steps_are_the_same_whichever_network_had_how_many_before_and_whether_batches_are_kept(long keptBytes)
    {
        var (options, two) = WholeImages();
        var images = new HeldOutImages(two, two);
        manual_seed(1);
        using var supernet = new OneShotSupernet(options.Space.ToSpace());
        DerivedArchitecture network = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 2);
        using var adaptation = new NetworkAdaptation(options, images, CPU) { MostKeptBytes = keptBytes };
        using (DerivedNetwork other = supernet.Extract(network))
            Assert.ThrowsAny<OperationCanceledException>(() => adaptation.Run(other, 1000, new CancellationToken(canceled: true)));
        float[][] weights = [.. new[] { 5, 2, 7, 5, 2 }.Select(steps => Weights(steps, adaptation))];
        Assert.Equal(weights[0], weights[3]);
        Assert.Equal(weights[1], weights[4]);
        Assert.NotEqual(weights[0], weights[2]);
        using var fresh = new NetworkAdaptation(options, images, CPU);
        Assert.Equal(weights[2], Weights(7, fresh));

        float[] Weights(int steps, NetworkAdaptation by)
        {
            using DerivedNetwork own = supernet.Extract(network);
            by.Run(own, steps);
            using Tensor first = own.parameters().First().detach().clone();
            return first.data<float>().ToArray();
        }
    }

    [Fact]
    public void Norms_get_the_batches_own_statistics()
    {
        var (options, two) = WholeImages();
        // What is scored are the same images.
        var images = new HeldOutImages(two, two);
        manual_seed(1);
        using var supernet = new OneShotSupernet(options.Space.ToSpace());
        DerivedArchitecture architecture = RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, 2);
        using DerivedNetwork network = supernet.Extract(architecture),
            expected = supernet.Extract(architecture);
        using var evaluation = new HeldOutEvaluation(options, images, CPU);
        evaluation.Calibrate(network);

        using IDisposable noGradient = no_grad();
        var (pictures, _) = BatchPlan
            .From(two, options.Data, options.OneShot, seed: 5, steps: 1)
            .Make(new(0, 0), TestContext.Current.CancellationToken)
            .ToTensors(CPU);
        foreach (Tensor statistic in expected.buffers())
            statistic.zero_();
        expected.train();
        expected.forward(pictures).Dispose();
        foreach (var ((name, found), (_, tenth)) in network.named_buffers().Zip(expected.named_buffers()))
        {
            using Tensor wanted = tenth / SlimmableBatchNorm2d.Momentum;
            Assert.True(found.allclose(wanted, rtol: 1e-3, atol: 1e-4), name);
        }
        Assert.NotEmpty(network.named_buffers());
    }

    /// <summary>One batch of whole images: in whatever order, the same statistics.</summary>
    private static (FasterSegOptions Options, SamplePart Two) WholeImages()
    {
        FasterSegOptions options = TinySearch.Options();
        OneShotOptions phase = options.OneShot;
        (phase.Batch, phase.CropHeight, phase.CropWidth, phase.CalibrationBatches) = (2, 64, 64, 1);
        (options.Data.Scales, options.Data.Mirror) = ("1", false);
        return (options, new SamplePart(TinySearch.Data(options).Train, [0, 1]));
    }
}
