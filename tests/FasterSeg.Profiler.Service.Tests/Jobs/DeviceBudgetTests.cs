using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class DeviceBudgetTests
{
    [Fact]
    public void What_takes_longer_than_it_may_is_ended_and_refused_with_the_option_that_allows_more()
    {
        var budget = new DeviceBudget(TimeSpan.FromMilliseconds(20));
        var refusal = Assert.Throws<ModelRefusedException>(() =>
            budget.Run(
                token =>
                {
                    token.WaitHandle.WaitOne();
                    token.ThrowIfCancellationRequested();
                    return 1;
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("--device-seconds", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_cancels_is_told_of_that()
    {
        using var left = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            new DeviceBudget(TimeSpan.FromHours(1)).Run(
                token =>
                {
                    left.Cancel();
                    token.ThrowIfCancellationRequested();
                    return 1;
                },
                left.Token
            )
        );
    }
}
