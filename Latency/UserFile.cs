namespace FasterSeg.Latency;

/// <summary>Reads files that the user named: every failure is a sentence, and nothing is waited for.</summary>
public static class UserFile
{
    /// <summary>What .NET puts in place of bytes of a name that are no UTF-8; the file of that name cannot be opened by it.</summary>
    private const char Unreadable = '\uFFFD';

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <exception cref="UserErrorException">It is not there, cannot be read or is larger.</exception>
    public static byte[] Read(string path, int largest) => Open(path, stream =>
        {
            if (stream.Length > largest)
                throw new UserErrorException(
                    $"{path}: the file has {stream.Length} bytes, more than the {largest} that are read: is it the right file?"
                );
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        });

    /// <summary>Reads a file's first bytes, fewer where it has no more.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="UserErrorException">It is not there or cannot be read.</exception>
    public static byte[] Start(string path, int count) => Open(path, stream =>
        {
            var content = new byte[count];
            return content[..stream.ReadAtLeast(content, count, throwOnEndOfStream: false)];
        });

    /// <summary>
    /// Refuses a folder, and what only looks like a file, before it is opened: a named pipe that nobody writes to is waited for without an
    /// end, and a signal does not end that. Where nothing is, it is left to whoever opens it.
    /// </summary>
    /// <exception cref="UserErrorException">The path leads to no ordinary file.</exception>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path))
            throw new UserErrorException($"'{path}' is a folder: name a file.");
        if (FileIdentity.IsSpecial(path))
            throw new UserErrorException($"'{path}' is a device or a pipe and no file: name a file, or write its content into one first.");
    }

    /// <summary>Whether a name has bytes that are no UTF-8, for which only a mark is left in it.</summary>
    public static bool HasUnreadableName(string path) => path.Contains(Unreadable, StringComparison.Ordinal) && !Path.Exists(path);

    private static byte[] Open(string path, Func<FileStream, byte[]> read)
    {
        RequireFile(path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            return read(stream);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException(
                HasUnreadableName(path)
                    ? $"'{path}' has bytes in its name that are no UTF-8, so it cannot be opened: rename it."
                    : $"{path}: there is no such file: check the path.",
                failure
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException(
                $"{path}: the file cannot be read ({failure.Message.TrimEnd('.')}): check the path and its permissions.",
                failure
            );
        }
    }
}
