using FasterSeg.Latency;
using FasterSeg.Search.Evaluation;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Evaluation;

public class PredictionTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_answer_that_is_no_number_is_refused_and_not_read_as_the_first_class(double value)
    {
        using Tensor logits = zeros(1, 3, 2, 2);
        logits[0, 1, 1, 0] = value;

        Assert.Contains(
            "weights are spoiled",
            Assert.Throws<UserErrorException>(() => Prediction.Classes(logits)).Message,
            StringComparison.Ordinal
        );
    }
}
