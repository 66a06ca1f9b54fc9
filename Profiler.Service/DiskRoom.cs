namespace FasterSeg.Profiler.Service;

/// <summary>Whether a folder's disk takes a file of some size: asked by writing one, as no figure of free space tells of quotas and
/// rights.</summary>
internal static class DiskRoom
{
    /// <summary>What stands against it, in the system's words; null where nothing does.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="bytes">Size of the file, which is gone afterwards.</param>
    public static string? FaultOf(string folder, int bytes)
    {
        string path = Path.Combine(folder, "fasterseg-room-" + Path.GetRandomFileName());
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.Write(new byte[bytes]);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message.Replace($" : '{path}'", "", StringComparison.Ordinal).TrimEnd('.');
        }
    }
}
