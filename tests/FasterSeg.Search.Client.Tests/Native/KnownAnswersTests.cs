using FasterSeg.Search.Native.Kernels;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Native;

public class KnownAnswersTests
{
    [Fact]
    public void TheKernelsInUseAreRight()
    {
        KernelReading found = KnownAnswers.Check();

        Assert.True(found.IsRight, found.Complaint());
        Assert.True(found.ConvolutionMs > 0);
    }

    /// <summary>The real check, in a process of its own.</summary>
    [Fact]
    public void TheProgramThatMakesTheCheckIsFoundAndAnswers()
    {
        KernelReading? found = new ProcessProbe().Read(TorchKernels.Full, threads: 1);

        Assert.NotNull(found);
        Assert.Equal(KnownAnswers.All.Count, found.Answers);
    }

    /// <summary>Every kind of computation, and every of its results: a check that left one out would not see its kernel's fault.</summary>
    [Theory]
    [InlineData(typeof(KnownConvolution))]
    [InlineData(typeof(KnownNorm))]
    [InlineData(typeof(KnownResize))]
    [InlineData(typeof(KnownProduct))]
    public void OneWrongValueOfAnyResultIsFoundAndNamed(Type kind)
    {
        KnownAnswer broken = KnownAnswers.All.First(answer => answer.GetType() == kind);
        for (int result = 0; result < broken.Results.Count; result++)
        {
            KernelReading found = KnownAnswers.Check(
                answer => Changed(answer, broken, result, value => value + 0.05f),
                [broken, KnownAnswers.All[^1]]
            );

            Assert.False(found.IsRight);
            Assert.Equal($"{broken.Name}, {broken.Results[result]}", found.Worst);
            Assert.Contains("is off by", found.Complaint(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AValueThatIsNoNumberIsFoundAndNamed()
    {
        KnownAnswer broken = KnownAnswers.All[^1];

        KernelReading found = KnownAnswers.Check(answer => Changed(answer, broken, 1, _ => float.NaN), [KnownAnswers.All[^2], broken]);

        Assert.False(found.IsRight);
        Assert.Equal($"{broken.Name}, {broken.Results[1]}, is not a number", found.Complaint());
    }

    /// <summary>What is left in a register by chance shows now and then.</summary>
    [Fact]
    public void AKernelThatIsWrongOnceInAWhileIsFound()
    {
        KnownAnswer broken = KnownAnswers.All[3];
        int calls = 0;

        KernelReading found = KnownAnswers.Check(
            answer => answer == broken && ++calls == 4 ? Changed(answer, broken, 1, value => value + 1) : Right(answer),
            [broken]
        );

        Assert.False(found.IsRight);
    }

    [Fact]
    public void ShapesHaveTheChannelsBatchesStridesAndSidesOfNetworks()
    {
        KnownConvolution[] convolutions = [.. KnownAnswers.All.OfType<KnownConvolution>()];

        foreach (int channels in new[] { 8, 24, 40, 56, 72 })
        {
            Assert.Contains(convolutions, each => each.In == channels && each.Kernel == 3);
            Assert.Contains(convolutions, each => each.Out == channels && each.Kernel == 3);
        }
        Assert.Contains(convolutions, each => each.Kernel == 1 && each.Stride == 2);
        Assert.Contains(convolutions, each => each.Kernel == 3 && each.Stride == 2);
        Assert.Contains(convolutions, each => each.Batch == 1);
        Assert.Contains(convolutions, each => each.Batch > 1 && each.Height % 2 == 1 && each.Width % 2 == 1);
    }

    private static float[][] Right(KnownAnswer answer) =>
        [.. answer.Expected().Select(values => Array.ConvertAll(values, value => (float)value))];

    private static float[][] Changed(KnownAnswer answer, KnownAnswer broken, int result, Func<float, float> change)
    {
        float[][] results = Right(answer);
        if (answer == broken)
            results[result][results[result].Length / 2] = change(results[result][results[result].Length / 2]);
        return results;
    }
}
