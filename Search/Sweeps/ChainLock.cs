using FasterSeg.Latency;

namespace FasterSeg.Search.Sweeps;

/// <summary>One program at a time works on a chain. The lock is the system's on an open file, so it dies with the program, however that
/// dies; on a folder of the network it is as good as that one's locks.</summary>
public sealed class ChainLock : IDisposable
{
    private readonly FileStream file;

    private ChainLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock; null where another one holds it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="note">Whether to note who holds it.</param>
    /// <exception cref="UserErrorException">The file cannot be made.</exception>
    public static ChainLock? TryTake(string path, bool note = true)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var taken = new ChainLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            if (note)
                LockOwner.Note(path);
            return taken;
        }
        catch (IOException fault) when (LockFaults.IsHeld(fault))
        {
            return null;
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new UserErrorException($"{path} cannot be made: {fault.Message}", fault);
        }
    }

    /// <summary>Takes the lock; waits as long as another one holds it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="waits">Told once where it waits.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public static async Task<ChainLock> TakeAsync(string path, Action waits, CancellationToken cancellation)
    {
        for (bool told = false; ; told = true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (!told)
                waits();
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        LockOwner.Forget(file.Name);
        file.Dispose();
    }
}
