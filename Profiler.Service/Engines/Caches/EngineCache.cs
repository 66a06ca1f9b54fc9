using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines.Caches;

/// <summary>
/// Folders of built engines and kernel timings, one for each fingerprint. A folder is used only where all its files are as they were
/// when it was closed; what was used longest ago is removed when the whole grows beyond a limit. Anything else in the
/// folder is not ours, and is left alone.
/// </summary>
/// <param name="root">Folder of the folders.</param>
/// <param name="limitBytes">Most bytes in all of them together; the one in use stays, however large.</param>
/// <param name="time">Says when a folder was used.</param>
public sealed class EngineCache(string root, long limitBytes, TimeProvider time)
{
    private const int NameLength = 64;

    /// <summary>The folder of a fingerprint: with its files where they are whole, else empty.</summary>
    /// <exception cref="UserErrorException">The folder cannot be used.</exception>
    public string Open(string fingerprint)
    {
        string folder = Folder(fingerprint);
        try
        {
            if (Directory.Exists(folder) && !CacheManifest.Agrees(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            return folder;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The cache of engines in {root} cannot be used: {fault.Message.TrimEnd('.')}. "
                    + "Name a folder that this user can write to with --caches.",
                fault
            );
        }
    }

    /// <summary>Closes a folder after its files were used, and perhaps written: from now on they count. Then makes room.</summary>
    public void Close(string fingerprint)
    {
        string folder = Folder(fingerprint);
        try
        {
            CacheManifest.Write(folder);
            File.SetLastWriteTimeUtc(Path.Combine(folder, CacheManifest.FileName), time.GetUtcNow().UtcDateTime);
            Trim(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or UserErrorException)
        {
            // A measurement does not fail for want of a cache: without a list the folder counts as damaged, and is built anew.
        }
    }

    private string Folder(string fingerprint) =>
        fingerprint.Length == NameLength && fingerprint.All(char.IsAsciiHexDigitLower)
            ? Path.Combine(root, fingerprint)
            : throw new ArgumentException($"'{fingerprint}' is no fingerprint.", nameof(fingerprint));

    private void Trim(string inUse)
    {
        var folders = (
            from path in Directory.EnumerateDirectories(root)
            let name = Path.GetFileName(path)
            where name.Length == NameLength && name.All(char.IsAsciiHexDigitLower)
            let used = path == inUse ? DateTime.MaxValue : File.GetLastWriteTimeUtc(Path.Combine(path, CacheManifest.FileName))
            orderby used
            select (Path: path, Bytes: new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length))
        ).ToList();
        long total = folders.Sum(folder => folder.Bytes);
        foreach ((string path, long bytes) in folders)
        {
            if (total <= limitBytes || path == inUse)
                return;
            Directory.Delete(path, recursive: true);
            total -= bytes;
        }
    }
}
