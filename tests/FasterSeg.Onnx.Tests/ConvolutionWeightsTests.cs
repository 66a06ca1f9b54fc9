using FasterSeg.Latency.Spaces;

namespace FasterSeg.Onnx.Tests;

public sealed class ConvolutionWeightsTests
{
    [Fact]
    public void Folded_norm_equals_convolution_and_then_norm()
    {
        var random = new Random(4);
        float[] weight = Numbers(5 * 3 * 9),
            gamma = Numbers(5),
            beta = Numbers(5),
            mean = Numbers(5);
        float[] variance = [.. Numbers(5).Select(value => Math.Abs(value) + 0.1f)];
        Tensor x = Tensor.Random(1, 3, 5, 7, seed: 5);

        Tensor folded = Naive.Convolve(x, ConvolutionWeights.FoldBatchNorm(weight, 3, 3, gamma, beta, mean, variance, 1e-3), 2);

        Tensor expected = Naive.Convolve(x, new ConvolutionWeights(weight, 5, 3, 3, new float[5]), 2);
        foreach ((_, int c, int i, int j) in expected.Pixels())
            expected[0, c, i, j] = (float)(((expected[0, c, i, j] - mean[c]) / Math.Sqrt(variance[c] + 1e-3) * gamma[c]) + beta[c]);
        OperatorModelTests.AssertClose(expected, folded);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    [Fact]
    public void Folded_norm_of_other_lengths_is_refused()
    {
        Assert.Throws<ArgumentException>(() =>
            ConvolutionWeights.FoldBatchNorm(new float[9], 1, 3, new float[1], new float[2], new float[1], new float[1])
        );
        Assert.Throws<ArgumentException>(() =>
            ConvolutionWeights.FoldBatchNorm(new float[8], 1, 3, new float[1], new float[1], new float[1], new float[1])
        );
    }

    /// <summary>Reference operators.json: 64, 192 and 288 input channels; an odd output of a reduction is shared out.</summary>
    [Theory]
    [InlineData("head h8 w8 c64-19 s1 k3", "3:64-64 1:64-19")]
    [InlineData("head h8 w8 c192-19 s1 k3", "3:192-192 1:192-19")]
    [InlineData("head h8 w8 c288-11 s1 k3", "3:288-144 1:144-11")]
    [InlineData("skip h8 w8 c64-192 s2", "1:64-96 1:64-96")]
    [InlineData("skip h8 w8 c8-9 s2", "1:8-4 1:8-5")]
    [InlineData("skip h8 w8 c8-9 s1", "1:8-9")]
    [InlineData("zoomed_conv_2x h8 w8 c8-16 s2", "3:8-16 3:16-16")]
    [InlineData("concat h8 w8 c8+8", "")]
    public void Shapes_are_the_operators_convolutions(string key, string shapes) =>
        Assert.Equal(
            shapes,
            string.Join(
                ' ',
                OperatorWeightShapes.Of(OperatorKey.Parse(key)).Select(shape => $"{shape.Kernel}:{shape.InChannels}-{shape.OutChannels}")
            )
        );

    [Theory]
    [InlineData("conv h8 w8 c8-16 s1", (8 * 16 * 9) + 32)]
    [InlineData("skip h8 w8 c8-16 s2", (8 * 16) + 32)]
    [InlineData("head h8 w8 c8-3 s1 k3", (8 * 8 * 9) + 16 + (8 * 3) + 3)]
    [InlineData("upsample h8 w8 c8-8 x2", 0)]
    public void Parameter_count_is_kernels_norms_and_biases(string key, long count) =>
        Assert.Equal(count, OperatorWeightShapes.ParameterCount(OperatorKey.Parse(key)));
}
