using System.Text.Json;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Online hard example mining against shared/reference/ours/ohem.json.</summary>
public sealed class OhemReferenceTests
{
    private static readonly JsonElement Reference = ReferenceFile.Read("ohem.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Reference.GetArrayLength())];

    [Theory, MemberData(nameof(Cases))]
    public void Loss_and_gradient_are_the_reference_values(int number)
    {
        using var scope = NewDisposeScope();
        JsonElement expected = Reference[number];
        long[] shape = [.. expected.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
        int classes = (int)shape[1],
            pixels = (int)(shape[0] * shape[2] * shape[3]);
        double ignored = expected.GetProperty("ignore_fraction").GetDouble();
        long[] labels =
        [
            .. ReferenceTensors
                .Noise($"labels/{classes}", pixels)
                .Zip(ReferenceTensors.Noise($"ignore/{classes}", pixels), (label, ignore) =>
                    ignore + 0.5 < ignored ? 255 : (long)Math.Floor((label + 0.5) * classes)
                ),
        ];
        Tensor logits = Logits(expected.GetProperty("logits").GetString()!, shape, labels).requires_grad_();
        var criterion = new OhemCrossEntropy(expected.GetProperty("threshold").GetDouble(), expected.GetProperty("min_kept").GetInt32());

        Tensor loss = criterion.Loss(logits, tensor(labels).reshape(shape[0], shape[2], shape[3]));
        loss.backward();

        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss.ToDouble(), 1e-4);
        Assert.Equal(expected.GetProperty("grad_l2").GetDouble(), logits.grad!.norm().ToDouble(), 1e-6);
    }

    /// <summary>"3 x input of key K", or "input of key K, plus 4 at the label class (class 0 where ignored)".</summary>
    private static Tensor Logits(string recipe, long[] shape, long[] labels)
    {
        Tensor input = ReferenceTensors.Input($"logits/{shape[1]}", shape);
        if (recipe.Contains(" x input", StringComparison.Ordinal))
            return input * double.Parse(recipe.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("plus 4 at the label class (class 0 where ignored)", recipe, StringComparison.Ordinal);
        Tensor index = tensor(labels.Select(label => label == 255 ? 0 : label).ToArray()).reshape(shape[0], 1, shape[2], shape[3]);
        return input.scatter_add(1, index, full_like(index, 4, dtype: ScalarType.Float32));
    }

    [Fact]
    public void A_batch_without_labels_has_no_loss_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor logits = rand(1, 3, 4, 4).requires_grad_();
        Tensor loss = new OhemCrossEntropy(0.7, 1).Loss(logits, full([1, 4, 4], 255, dtype: ScalarType.Int64));
        loss.backward();
        Assert.Equal(0, loss.ToDouble());
        Assert.Equal(0, logits.grad!.abs().sum().ToDouble());
    }
}
