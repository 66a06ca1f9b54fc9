using FasterSeg.Search.Native.Kernels;
using Xunit;

namespace FasterSeg.Search.Tests.Native.Kernels;

public class KnownAnswersTests
{
    [Fact]
    public void The_kernels_in_use_are_right()
    {
        KernelReading found = KnownAnswers.Check();

        Assert.True(found.IsRight, found.Complaint());
        Assert.True(found.ConvolutionMs > 0);
    }

    /// <summary>The real check, in a process of its own.</summary>
    [Fact]
    public void The_program_that_makes_the_check_is_found_and_answers()
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
    public void One_wrong_value_of_any_result_is_found_and_named(Type kind)
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
    public void A_value_that_is_no_number_is_found_and_named()
    {
        KnownAnswer broken = KnownAnswers.All[^1];

        KernelReading found = KnownAnswers.Check(answer => Changed(answer, broken, 1, _ => float.NaN), [KnownAnswers.All[^2], broken]);

        Assert.False(found.IsRight);
        Assert.Equal($"{broken.Name}, {broken.Results[1]}, is not a number", found.Complaint());
    }

    /// <summary>What is left in a register by chance shows now and then.</summary>
    [Fact]
    public void A_kernel_that_is_wrong_once_in_a_while_is_found()
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
    public void Shapes_have_the_channels_batches_strides_and_sides_of_networks()
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
