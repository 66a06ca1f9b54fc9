namespace FasterSeg.Profiler.Service.Store;

/// <summary>Keeps what was measured also where the store takes nothing for a while: waits, and tries again until it does.</summary>
/// <param name="database">The store.</param>
/// <param name="health">Tells when it is worth another try.</param>
/// <param name="time">Paces the tries.</param>
public sealed class StorePatience(ProfilerDatabase database, StoreHealth health, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1),
        LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Writes, again and again until it succeeds.</summary>
    /// <param name="write">Writes all or nothing.</param>
    /// <param name="paused">Told why it waits, each time when the reason changes; told null when it goes on.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public async Task<T> KeepAsync<T>(Func<T> write, Action<string?> paused, CancellationToken cancellation)
    {
        string? told = null;
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            // Before the try: what changes meanwhile is not missed.
            Task change = health.Change;
            try
            {
                T kept = database.Guard(write);
                if (told is not null)
                {
                    health.NoteMended(StoreFault.Full);
                    paused(null);
                }
                return kept;
            }
            catch (StoreUnavailableException fault)
            {
                if (told != fault.Message)
                    paused(told = fault.Message);
                // Its own note is no news.
                if (change.IsCompleted)
                    change = health.Change;
            }
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(change, Task.Delay(pause, time, either.Token));
            await either.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
