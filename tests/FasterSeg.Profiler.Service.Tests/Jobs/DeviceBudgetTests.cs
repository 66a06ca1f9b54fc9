using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class DeviceBudgetTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1),
        Short = TimeSpan.FromMilliseconds(20);

    private readonly DeviceWorker device = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => device.Dispose();

    [Fact]
    public async Task What_takes_longer_than_it_may_is_ended_and_refused_with_the_option_that_allows_more()
    {
        var budget = new DeviceBudget(device, most: Short, turn: Long);
        var refusal = await Assert.ThrowsAsync<ModelRefusedException>(() => budget.RunAsync("anna", Endless, Stop));
        Assert.Contains("--device-seconds", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_leaves_is_not_refused()
    {
        using var left = new CancellationTokenSource();
        Task<int> model = new DeviceBudget(device, most: Long, turn: Long).RunAsync("anna", Endless, left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model);
    }

    [Fact]
    public async Task A_long_model_makes_room_for_another_client_and_goes_on_for_longer_than_before()
    {
        using var begun = new SemaphoreSlim(0);
        int tries = 0;
        Task<int> model = new DeviceBudget(device, most: Long, turn: Short).RunAsync(
            "anna",
            token =>
            {
                tries++;
                begun.Release();
                return tries == 1 ? Endless(token) : tries;
            },
            Stop
        );
        // Alone it may stay. Then it makes room.
        await begun.WaitAsync(Stop);
        Assert.Equal(7, await device.RunAsync("bert", _ => 7, Stop));
        Assert.Equal(2, await model);
    }

    [Fact]
    public async Task Its_own_client_waits_for_it()
    {
        var first = new DeviceBudget(device, most: TimeSpan.FromMilliseconds(500), turn: Short).RunAsync("anna", Endless, Stop);
        Task<int> second = device.RunAsync("anna", _ => 2, Stop);
        // It was not ended before its budget, and not begun anew.
        await Assert.ThrowsAsync<ModelRefusedException>(() => first);
        Assert.Equal(2, await second);
    }

    private static int Endless(CancellationToken token)
    {
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
        return 0;
    }
}
