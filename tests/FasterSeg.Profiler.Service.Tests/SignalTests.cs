namespace FasterSeg.Profiler.Service.Tests;

public sealed class SignalTests
{
    private readonly Signal signal = new();

    [Fact]
    public void All_who_wait_are_told()
    {
        Task[] waiting = [signal.Next, signal.Next];
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        signal.Raise();
        Assert.All(waiting, task => Assert.True(task.IsCompletedSuccessfully));
    }

    [Fact]
    public void Who_waits_anew_waits_for_the_next_change()
    {
        signal.Raise();
        Task next = signal.Next;
        Assert.False(next.IsCompleted);
        signal.Raise();
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_waits_goes_on_in_another_thread()
    {
        using var held = new SemaphoreSlim(0);
        Task waiter = WaitAsync();
        signal.Raise();
        // The continuation would block this thread for ever, were it run here.
        held.Release();
        await waiter;

        async Task WaitAsync()
        {
            await signal.Next.ConfigureAwait(false);
            held.Wait(TestContext.Current.CancellationToken);
        }
    }
}
