using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Networks;

/// <summary>What is computed together against the same computed apart, in float64.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class JoinedConvolutionTests
{
    private static readonly int[] Widths = [8, 12, 16];

    /// <summary>Both where alpha and beta are numbers and where a gradient goes to them.</summary>
    [Theory]
    [InlineData(1, 0, true), InlineData(1, 2, false), InlineData(2, 1, true), InlineData(2, 0, false), InlineData(2, 2, true)]
    public void Two_maps_through_a_mixed_operator_at_once_are_both_maps_one_after_the_other(int stride, int width, bool learned)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var mixed = new MixedOperator(6, Widths, stride).to(float64);
        using var apart = new MixedOperator(6, Widths, stride).to(float64);
        apart.load_state_dict(mixed.state_dict());
        Tensor above = Map(),
            here = Map(),
            slope = randn(2, Widths[width], 8 / stride, 12 / stride, dtype: float64);
        Tensor alpha = rand(5, dtype: float64, requires_grad: learned),
            beta = rand(2, dtype: float64, requires_grad: learned);
        Tensor[] leaves = learned ? [above, here, alpha, beta] : [above, here];

        Tensor together;
        using (var maps = new CellInput(above, here))
            together = mixed.forward(maps, alpha, beta, default, new MapWidth(width));
        (together * slope).sum().backward();
        Tensor[] gradients = Gradients(mixed, leaves);

        Tensor separate = (beta[0] * One(above)) + (beta[1] * One(here));
        (separate * slope).sum().backward();
        Assert.True(together.allclose(separate, rtol: 1e-10, atol: 1e-12));
        Tensor[] expected = Gradients(apart, leaves);
        Assert.Equal(expected.Length, gradients.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(gradients[i].allclose(expected[i], rtol: 1e-9, atol: 1e-11), $"gradient {i}");
        // The running statistics have seen the maps in the same order.
        foreach (var ((name, found), (_, wanted)) in mixed.named_buffers().Zip(apart.named_buffers()))
            Assert.True(found.allclose(wanted, rtol: 1e-10, atol: 1e-12), name);

        Tensor One(Tensor map)
        {
            using var maps = new CellInput(map);
            return apart.forward(maps, alpha, null, default, new MapWidth(width));
        }

        static Tensor Map() => randn(2, 6, 8, 12, dtype: float64, requires_grad: true);
    }

    [Fact]
    public void A_slices_gradient_is_the_same_where_it_is_added_in_place()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using SlimmableConv2d convolution = new SlimmableConv2d(6, 16, kernel: 3).to(float64);
        Tensor x = randn(2, 4, 5, 7, dtype: float64),
            full = randn(2, 6, 5, 7, dtype: float64);
        Tensor expected = Gradient(inPlace: false);
        Assert.True(expected[.., 4..].abs().sum().ToDouble() > 0);
        Assert.True(Gradient(inPlace: true).allclose(expected, rtol: 1e-12, atol: 1e-12));

        // A whole kernel's gradient, and a slice's before and after it.
        Tensor Gradient(bool inPlace)
        {
            convolution.zero_grad(set_to_none: true);
            foreach (var (map, channels) in new[] { (x, 12), (full, 16), (x, 8) })
            {
                using IDisposable? adding = inPlace ? KernelSlice.AddGradientsInPlace() : null;
                convolution.forward(map, channels).square().sum().backward();
            }
            return convolution.Weight.grad!.clone();
        }
    }

    [Fact]
    public void A_frozen_weights_slice_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var convolution = new SlimmableConv2d(6, 16, kernel: 3);
        foreach (Parameter weight in convolution.parameters())
            weight.requires_grad = false;
        Tensor x = randn(2, 4, 5, 7, requires_grad: true);
        using IDisposable adding = KernelSlice.AddGradientsInPlace();
        convolution.forward(x, 8).sum().backward();
        Assert.NotNull(x.grad);
        Assert.Null(convolution.Weight.grad);
    }

    /// <summary>Takes the gradients away.</summary>
    private static Tensor[] Gradients(nn.Module module, Tensor[] leaves)
    {
        Tensor[] all = [.. leaves, .. module.parameters()];
        Tensor[] gradients = [.. all.Select(each => each.grad?.clone() ?? zeros_like(each))];
        foreach (Tensor each in all)
            each.grad = null;
        return gradients;
    }
}
