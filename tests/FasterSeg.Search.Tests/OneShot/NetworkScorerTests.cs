using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
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
}
