using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service;

/// <summary>
/// A file that this process holds for itself. The lock is the system's on the open handle, so it dies with the process, however that
/// dies; who opens the file by another name or mount meets it too.
/// </summary>
public sealed class HeldFile : IDisposable
{
    private readonly FileStream file;
    private readonly string? place;

    private HeldFile(FileStream file)
    {
        this.file = file;
        place = Place();
    }

    /// <summary>Whether the file still lies where it was taken, and was neither removed nor replaced since.</summary>
    public bool IsInPlace => place is null ? File.Exists(file.Name) : Place() == place;

    /// <summary>Takes a file, which is made where it is not there.</summary>
    /// <returns>Null where another process, or another holder in this one, has it.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static HeldFile? TryTake(string path) => TryTake(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);

    /// <summary>Takes a file of the system's that is there and that nobody writes.</summary>
    /// <returns>Null where another one has it.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static HeldFile? TryTakeReadable(string path) => TryTake(path, FileMode.Open, FileAccess.Read);

    /// <summary>Holds nothing but the handle of a file that others use, too, to see whether it is still the same.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static HeldFile Watch(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Gives it free.</summary>
    public void Dispose() => file.Dispose();

    private static HeldFile? TryTake(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return new(new FileStream(path, mode, access, FileShare.None));
        }
        catch (IOException fault) when (LockFaults.IsHeld(fault))
        {
            return null;
        }
    }

    // Linux names the file behind a handle wherever it is by now, and says where it was removed. Elsewhere only its name can be asked for.
    private string? Place()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return "";
        }
    }
}
