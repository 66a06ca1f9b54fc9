using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>
/// One profiler on a device: two would disturb each other's measurements. The lock is the system's on an open file, so it dies
/// with the process that holds it, however that dies.
/// </summary>
public sealed class DeviceLock : IDisposable
{
    private readonly FileStream file;

    private DeviceLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">Folder of the locks, the same for all profilers of a machine.</param>
    /// <param name="deviceUuid">The device.</param>
    /// <exception cref="UserErrorException">Another profiler holds it.</exception>
    public static DeviceLock Take(string folder, string deviceUuid)
    {
        string path = Path.Combine(folder, $"fasterseg-{deviceUuid}.lock");
        try
        {
            Directory.CreateDirectory(folder);
            return new DeviceLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Another profiler measures on this device already ({path} is held), and two would disturb each other: name that "
                    + "one with --profiler, or stop it.",
                fault
            );
        }
    }

    /// <summary>Gives the device free.</summary>
    public void Dispose() => file.Dispose();
}
