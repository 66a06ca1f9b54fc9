using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>One profiler on a store: two would go on with the same jobs, and measure everything twice.</summary>
public sealed class StoreLock : IDisposable
{
    /// <summary>Name of the file that is held, in the store's folder.</summary>
    public const string FileName = "profiler.lock";

    private readonly string path;

    private StoreLock(HeldFile file, string path)
    {
        (File, this.path) = (file, path);
        LockOwner.Note(path);
    }

    /// <summary>The file; where it is gone, so is the store.</summary>
    public HeldFile File { get; }

    /// <summary>Takes a store, whose folder is made where it is not there.</summary>
    /// <exception cref="UserErrorException">Another profiler has it, or the folder cannot be used.</exception>
    public static StoreLock Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, FileName);
            return HeldFile.TryTake(path) is { } file
                ? new(file, path)
                : throw new UserErrorException(
                    $"Another profiler uses the store '{folder}' already{(LockOwner.Of(path) is { } owner ? $" ({owner})" : "")}: stop "
                        + "that one, or name another folder with --store."
                );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw ProfilerDatabase.Unusable(folder, fault);
        }
    }

    /// <summary>Lets others read where the profiler answers that has the store.</summary>
    public void Tell(Uri address) => LockOwner.Note(path, address.OriginalString);

    /// <summary>Gives it free.</summary>
    public void Dispose()
    {
        LockOwner.Forget(path);
        File.Dispose();
    }
}
