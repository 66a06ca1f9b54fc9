using FasterSeg.Latency.Networks;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Training;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Gradients of a student with a teacher, without batch norms: they stand still where a network is evaluated, and are then a scale
/// and a shift. Only so is a batch's gradient the mean of its slices'.</summary>
internal static class ReplicaGradients
{
    /// <summary>Of replicas in this process.</summary>
    public static float[] Here(int replicas)
    {
        var options = MadeBatch.Options();
        using var scope = NewDisposeScope();
        using DerivedNetwork network = MadeBatch.Network(options, Role.Student),
            teacher = MadeBatch.Network(options, Role.Teacher);
        network.eval();
        teacher.eval();
        var first = new TrainingReplica(network, teacher, CPU, options.Training, replicas);
        using var several = new LocalReplicas(first, [.. Enumerable.Repeat(CPU, replicas)], options.Training);
        several.Backward(MadeBatch.Of(options.Training, options.Space.Classes));
        return Of(network);
    }

    /// <summary>A network's gradients, one behind the other.</summary>
    public static float[] Of(DerivedNetwork network) =>
        [.. network.parameters().Where(weight => weight.grad is not null).SelectMany(weight => weight.grad!.data<float>())];

    /// <summary>Passes gradients that agree to a millionth of the largest.</summary>
    public static void AssertAlike(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs),
            apart = expected.Zip(actual, (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(largest > 1e-3);
        Assert.True(apart <= 1e-6 * largest, FormattableString.Invariant($"{apart / largest:E2} of the largest gradient apart"));
    }
}
