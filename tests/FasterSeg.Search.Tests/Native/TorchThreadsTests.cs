using FasterSeg.Search.Native;
using Xunit;

namespace FasterSeg.Search.Tests.Native;

public class TorchThreadsTests
{
    [Fact]
    public void Threads_sleep_while_they_wait_unless_the_user_says_how_they_do()
    {
        // The fixture has loaded libtorch.
        string[] set = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"];
        Assert.Contains(set, name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
    }

    [Fact]
    public void A_number_that_is_asked_for_is_taken_and_torchs_own_is_kept_within_what_the_process_may_use()
    {
        int cores = Environment.ProcessorCount;
        Assert.Equal(cores + 3, TorchThreads.Number(cores + 3, own: cores));
        Assert.Null(TorchThreads.Number(0, own: cores));
        Assert.Null(TorchThreads.Number(0, own: 1));
        bool isSet = new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" }.Any(name =>
            !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))
        );
        // A container's quota: torch counts all cores of the machine.
        Assert.Equal(isSet ? null : cores, TorchThreads.Number(0, own: cores + 62));
    }

    [Theory]
    [InlineData("6.20 3.00 1.00 3/400 12", 4, true)]
    [InlineData("4.10 3.00 1.00 3/400 12", 4, false)]
    [InlineData("6.20 3.00 1.00 3/400 12", 64, false)]
    [InlineData("9.00 3.00 1.00 3/400 12", 1, false)]
    [InlineData("", 4, false)]
    public void Who_begins_beside_other_work_is_told_what_helps(string average, int cores, bool expected) =>
        Assert.Equal(
            expected
                ? "other work keeps this machine's 4 cores busy (load 6.2): steps take long, and --set threads=1 makes them shorter."
                : null,
            TorchThreads.Busy(average, cores)
        );
}
