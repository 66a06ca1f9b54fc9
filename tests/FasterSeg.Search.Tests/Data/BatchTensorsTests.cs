using FasterSeg.Search.Data;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Data;

public sealed class BatchTensorsTests
{
    [Fact]
    public void A_batch_becomes_tensors_of_its_values()
    {
        using DisposeScope scope = NewDisposeScope();
        var batch = new Batch(default, ["a"], [.. Enumerable.Range(0, 12).Select(i => i / 4f)], [1, 3, 2, 2], [0, 255, 3, 254], [1, 2, 2]);
        (Tensor images, Tensor labels) = batch.ToTensors(CPU);
        Assert.Equal((ScalarType.Float32, ScalarType.Int64), (images.dtype, labels.dtype));
        Assert.Equal([1, 3, 2, 2], images.shape);
        Assert.Equal([1, 2, 2], labels.shape);
        Assert.Equal(batch.Images, images.data<float>().ToArray());
        Assert.Equal([0, 255, 3, 254], labels.data<long>().ToArray());
    }

    [Fact]
    public void A_picture_becomes_a_padded_tensor_and_the_answer_is_cut_back()
    {
        using DisposeScope scope = NewDisposeScope();
        Sample sample = ListedSamples.Random(1, 40, 48).Load(0);
        ImagePadding padding = ImagePadding.ToMultiple(40, 48);
        Tensor input = padding.ToTensor(sample.Image, CPU);
        Assert.Equal([1, 3, 64, 64], input.shape);
        Assert.Equal(Normalization.Normalize(sample.Image[39, 47][2], 2), input[0, 2, 39, 47].item<float>());
        Assert.Equal(0, input[0, 2, 40, 0].item<float>());
        Assert.Equal(0, input[0, 0, 0, 48].item<float>());
        byte[] answer = [.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i / 64 + i % 64))];
        Assert.All(Enumerable.Range(0, 40 * 48), i => Assert.Equal(i / 48 + i % 48, padding.Crop(answer).Classes[i]));
    }

    [Theory]
    [InlineData(720, 960, 736, 960)]
    [InlineData(1, 32, 32, 32)]
    public void Sides_are_padded_to_the_next_multiple_of32(int height, int width, int paddedHeight, int paddedWidth) =>
        Assert.Equal(new ImagePadding(height, width, paddedHeight, paddedWidth), ImagePadding.ToMultiple(height, width));
}
