using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

public sealed class OneShotSupernetTests
{
    private static readonly SearchSpace Space = new(64, 64, 4, [1.0 / 3, 2.0 / 3, 1], Layers: 6, Classes: 5);

    [Fact]
    public void Every_random_network_has_a_pass_of_the_derived_networks_shape()
    {
        using var supernet = new OneShotSupernet(Space);
        using Tensor image = randn(2, 3, 64, 64);
        using IDisposable noGradient = no_grad();
        for (int seed = 0; seed < 60; seed++)
        {
            NetworkPlan plan = NetworkPlan.Of(RandomArchitectures.Draw(Space, Role.Student, seed), Space);
            using Tensor logits = supernet.Forward(image, plan);
            Assert.Equal([2L, 5, 8, 8], logits.shape);
        }
    }

    [Fact]
    public void A_pass_is_the_derived_networks_own_where_both_have_the_same_weights()
    {
        using var supernet = new OneShotSupernet(Space);
        supernet.eval();
        using Tensor image = randn(1, 3, 64, 64);
        using IDisposable noGradient = no_grad();
        for (int seed = 0; seed < 20; seed++)
        {
            DerivedArchitecture architecture = RandomArchitectures.Draw(Space, Role.Student, seed);
            NetworkPlan plan = NetworkPlan.Of(architecture, Space);
            using DerivedNetwork network = supernet.Extract(architecture);
            network.eval();
            using Tensor shared = supernet.Forward(image, plan),
                own = network.forward(image);
            Assert.True(allclose(shared, own, rtol: 1e-4, atol: 1e-5), $"seed {seed}");
        }
    }

    [Fact]
    public void A_pass_leaves_gradients_on_its_own_parts_alone()
    {
        using var supernet = new OneShotSupernet(Space);
        NetworkPlan plan = NetworkPlan.Of(RandomArchitectures.Draw(Space, Role.Student, 3), Space);
        using Tensor image = randn(2, 3, 64, 64);
        using Tensor logits = supernet.Forward(image, plan);
        logits.square().sum().backward();
        HashSet<string> used = [.. supernet.PartsOf(plan)];
        Assert.All(supernet.named_parameters().Where(one => one.parameter.grad is not null), one =>
            Assert.Contains(used, part => one.name.StartsWith(part + ".", StringComparison.Ordinal))
        );
        Assert.Contains(supernet.named_parameters(), one =>
            one.name.StartsWith("heads8.", StringComparison.Ordinal) && one.parameter.grad is not null
        );
    }
}
