using FasterSeg.Latency;
using FasterSeg.Search.Native.Kernels;
using Xunit;

namespace FasterSeg.Search.Tests.Native.Kernels;

public sealed class KernelChoiceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Right_kernels_are_used_without_a_word()
    {
        var probe = new FakeProbe();

        ChosenKernels chosen = Choice(probe).Find(threads: 2)!;

        Assert.Equal("full", chosen.Name);
        Assert.Empty(chosen.Kernels.Environment);
        Assert.Null(chosen.Notice());
        Assert.Equal(["full"], probe.Asked);
    }

    [Fact]
    public void Wrong_kernels_give_way_to_the_next_lower_ones_with_one_line()
    {
        ChosenKernels chosen = Choice(new FakeProbe { ["full"] = Wrong(1.2, ms: 4), ["avx2"] = Right(ms: 6) }).Find(threads: 2)!;

        Assert.Equal("AVX2", chosen.Kernels.Environment["ONEDNN_MAX_CPU_ISA"]);
        Assert.Equal(
            "libtorch's own kernels compute wrongly on this processor (convolution, output, is off by 1.2 times its size). "
                + "It uses AVX2 in oneDNN instead, which are right; a convolution takes 1.50 times as long.",
            chosen.Notice()
        );
    }

    [Fact]
    public void Kernels_that_crash_count_as_wrong()
    {
        ChosenKernels chosen = Choice(new FakeProbe { ["full"] = KernelReading.Crashed(TorchKernels.Full, signal: 4) }).Find(threads: 2)!;

        Assert.Equal("avx2", chosen.Name);
        Assert.Contains("(the check of full crashed, signal 4)", chosen.Notice(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    /// <summary>Whoever ended the check, or had its memory taken, said nothing about the kernels.</summary>
    [Fact]
    public void A_check_that_is_ended_from_outside_is_made_again()
    {
        var probe = new FakeProbe { Ended = 1 };

        Assert.Equal("full", Choice(probe).Find(threads: 2)!.Name);
        Assert.Equal(["full", "full"], probe.Asked);
    }

    [Fact]
    public void A_check_that_is_ended_twice_is_not_remembered()
    {
        ChosenKernels chosen = Choice(new FakeProbe { Ended = 2 }).Find(threads: 2)!;

        Assert.Equal("avx2", chosen.Name);
        Assert.Contains("their check did not come to its end", chosen.Notice(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_ladder_ends_without_OneDnn()
    {
        ChosenKernels chosen = Choice(
                new FakeProbe
                {
                    ["full"] = Wrong(1),
                    ["avx2"] = Wrong(1),
                    ["avx2-all"] = Wrong(1),
                    ["sse41"] = Wrong(1),
                }
            )
            .Find(threads: 2)!;

        Assert.False(chosen.Kernels.OneDnn);
    }

    [Fact]
    public void Where_nothing_is_right_one_sentence_says_so()
    {
        var probe = new FakeProbe();
        foreach (TorchKernels kernels in TorchKernels.Ladder)
            probe[kernels.Name] = Wrong(double.PositiveInfinity);

        var refusal = Assert.Throws<UserErrorException>(() => Choice(probe).Find(threads: 2));

        Assert.Contains("with all of its kernels (convolution, output, is not a number)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_check_can_be_started_nothing_is_known_and_nothing_kept()
    {
        var probe = new FakeProbe();
        foreach (TorchKernels kernels in TorchKernels.Ladder)
            probe[kernels.Name] = null;

        Assert.Null(Choice(probe).Find(threads: 2));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_was_found_is_remembered()
    {
        ChosenKernels first = Choice(new FakeProbe { ["full"] = Wrong(1.2), ["avx2"] = Right(ms: 6) }).Find(threads: 2)!;
        var second = new FakeProbe();

        Assert.Equal(first, Choice(second).Find(threads: 2));
        Assert.Empty(second.Asked);
        Choice(second).Find(threads: 1);
        Assert.Equal(["full"], second.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"Name":"full","Found":null}""")]
    [InlineData("""{"Name":"full","Found":{"Answers":1,"Worst":"","Off":2.5,"ConvolutionMs":1}}""")]
    [InlineData("""{"Name":"mmx","Found":{"Answers":1,"Worst":"","Off":0,"ConvolutionMs":1}}""")]
    public void A_damaged_memory_is_no_memory(string content)
    {
        Choice(new FakeProbe()).Find(threads: 2);
        File.WriteAllText(Assert.Single(Directory.GetFiles(folder.Path)), content);
        var probe = new FakeProbe();

        Assert.Equal("full", Choice(probe).Find(threads: 2)!.Name);
        Assert.Equal(["full"], probe.Asked);
    }

    [Fact]
    public void Kernels_of_no_such_name_are_refused() =>
        Assert.Contains(
            "use auto or one of full, avx2",
            Assert.Throws<UsageException>(() => TorchKernels.Named("mmx", "kernels")).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => folder.Dispose();

    private KernelChoice Choice(FakeProbe probe) => new(probe, new KernelMemory(folder.Path, library: "none"));

    private static KernelReading Right(double ms = 4) => new(1, "convolution, output", 1e-6, ms);

    private static KernelReading Wrong(double off, double ms = 4) => new(1, "convolution, output", off, ms);

    private sealed class FakeProbe : Dictionary<string, KernelReading?>, IKernelProbe
    {
        public List<string> Asked { get; } = [];

        /// <summary>How many checks are ended from outside, from the first on.</summary>
        public int Ended { get; set; }

        public KernelReading? Read(TorchKernels kernels, int threads)
        {
            Asked.Add(kernels.Name);
            if (Ended-- > 0)
                return null;
            return TryGetValue(kernels.Name, out KernelReading? reading) ? reading : Right();
        }
    }
}
