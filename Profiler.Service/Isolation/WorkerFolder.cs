using FasterSeg.Latency;
using Microsoft.Win32.SafeHandles;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// A worker's folder for temporary files. The service holds it as long as it is used; one that nobody holds was left behind by a service
/// that was killed, and is swept by the next.
/// </summary>
public sealed class WorkerFolder : IDisposable
{
    /// <summary>What the names of the folders begin with.</summary>
    public const string Prefix = "fasterseg-worker-";

    // One that was made and is not held yet has another name: a sweep in between must not take it.
    private const string NewPrefix = "fasterseg-new-worker-";

    // A worker writes models, profiles of where their nodes ran, and little else.
    private const int RoomBytes = 1 << 20;

    private readonly SafeFileHandle? held;

    private WorkerFolder(string path, SafeFileHandle? held) => (Path, this.held) = (path, held);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static WorkerFolder Make()
    {
        string made = Directory.CreateTempSubdirectory(NewPrefix).FullName;
        SafeFileHandle? held = TryHold(made);
        string path = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(made)!,
            Prefix + System.IO.Path.GetFileName(made)[NewPrefix.Length..]
        );
        Directory.Move(made, path);
        return new(path, held);
    }

    /// <summary>Removes the folders that nobody holds any more.</summary>
    /// <returns>How many there were.</returns>
    public static int Sweep()
    {
        int swept = 0;
        if (!OperatingSystem.IsLinux())
            return swept;
        foreach (string path in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            using SafeFileHandle? held = TryHold(path);
            if (held is not null)
                swept += TryRemove(path) ? 1 : 0;
        }
        return swept;
    }

    /// <summary>What keeps a worker from writing temporary files, as a sentence; null where nothing does.</summary>
    public static string? Fault()
    {
        string folder = System.IO.Path.GetTempPath();
        return DiskRoom.FaultOf(folder, RoomBytes) is { } reason
            ? $"The folder for temporary files {folder} cannot be written, and nothing can be measured without it ({reason}): free "
                + "space there, or name another with the variable TMPDIR."
            : null;
    }

    /// <summary>Passes where a worker can write temporary files.</summary>
    /// <exception cref="UserErrorException">It cannot.</exception>
    public static void RequireRoom()
    {
        if (Fault() is { } fault)
            throw new UserErrorException(fault);
    }

    /// <summary>Removes it.</summary>
    public void Dispose()
    {
        TryRemove(Path);
        held?.Dispose();
    }

    private static bool TryRemove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Somebody looks into it; the next start sweeps it.
            return false;
        }
    }

    private static SafeFileHandle? TryHold(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        int descriptor = LinuxCalls.Open(path, LinuxCalls.CloseOnExec);
        if (descriptor < 0)
            return null;
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LinuxCalls.Lock(descriptor, LinuxCalls.LockAlone | LinuxCalls.DoNotWait) == 0)
            return handle;
        handle.Dispose();
        return null;
    }
}
