using CsCheck;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Networks;

public class DerivedNetworkTests
{
    [Fact]
    public void Counts_the_parameters_of_its_parts() =>
        RandomNetworks.Networks.Sample(
            architecture =>
            {
                using var network = new DerivedNetwork(architecture);
                Assert.Equal(
                    NetworkPlan.Of(architecture, 32, 32).Parts.Sum(part => OperatorWeightShapes.ParameterCount(part.Spec)),
                    network.ParameterCount
                );
            },
            iter: 20
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Auxiliary_heads_train_every_parameter(bool published)
    {
        using var scope = NewDisposeScope();
        DerivedArchitecture architecture = Small(published ? ReferenceNetworks.Published : ReferenceNetworks.Other);
        using var network = new DerivedNetwork(architecture, auxiliary: true);
        using Tensor image = ReferenceTensors.Input("input/training", 2, 3, 64, 96);
        TrainingLogits logits = network.ForwardWithAuxiliary(image);
        Assert.All(new[] { logits.Main, logits.At16, logits.At32 }, tensor => Assert.Equal([2, 19, 8, 12], tensor.shape));
        (logits.Main.square().mean() + logits.At16.square().mean() + logits.At32.square().mean()).backward();
        Assert.All(network.named_parameters(), p =>
            Assert.True(p.parameter.grad is { } grad && grad.abs().sum().item<float>() > 0, $"{p.name} gets no gradient.")
        );
    }

    [Fact]
    public void Auxiliary_heads_change_neither_count_nor_output()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        DerivedArchitecture architecture = Small(ReferenceNetworks.Published);
        using var with = new DerivedNetwork(architecture, auxiliary: true);
        using var without = new DerivedNetwork(architecture);
        ReferenceTensors.Fill(with.CheckpointTensors());
        ReferenceTensors.Fill(without.CheckpointTensors());
        with.eval();
        without.eval();
        Tensor image = ReferenceTensors.Input("input/training", 1, 3, 32, 64);
        Assert.Equal(without.ParameterCount, with.ParameterCount);
        Assert.True(with.parameters().Sum(p => p.numel()) > with.ParameterCount);
        Assert.Equal(without.forward(image), with.ForwardWithAuxiliary(image).Main);
        Assert.Throws<InvalidOperationException>(() => without.ForwardWithAuxiliary(image));
    }

    [Fact]
    public void Leaves_only_its_result_behind()
    {
        using var network = new DerivedNetwork(Small(ReferenceNetworks.Other));
        using var scope = NewDisposeScope();
        Tensor image = ReferenceTensors.Input("input/training", 1, 3, 32, 32);
        network.forward(image);
        int before = scope.DisposablesCount;
        network.forward(image);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    private static DerivedArchitecture Small(DerivedArchitecture architecture) => architecture with { Fch = 4 };
}
