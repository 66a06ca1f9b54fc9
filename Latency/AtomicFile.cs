using System.Text;

namespace FasterSeg.Latency;

/// <summary>Files that are there whole or not at all: written beside, flushed to the disk, renamed.</summary>
public static class AtomicFile
{
    /// <summary>Replaces a file by what <paramref name="write"/> writes; makes its folder.</summary>
    /// <exception cref="UserErrorException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string beside = full + "." + Path.GetRandomFileName() + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            FileFence.Pass();
            File.Move(beside, full, overwrite: true);
        }
        catch (Exception e)
        {
            if (File.Exists(beside))
                File.Delete(beside);
            if (e is IOException or UnauthorizedAccessException)
                throw new UserErrorException(
                    $"{path} cannot be written: {e.Message.Replace(beside, full, StringComparison.Ordinal).TrimEnd('.')}. Free "
                        + "space or name another place.",
                    e
                );
            throw;
        }
    }

    /// <summary>Replaces a file by a text, UTF-8 without a byte order mark.</summary>
    public static void WriteAllText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Replaces a file by bytes.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));
}
