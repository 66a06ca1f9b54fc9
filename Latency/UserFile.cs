namespace FasterSeg.Latency;

/// <summary>Reads files that the user named: every failure is a sentence.</summary>
public static class UserFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <exception cref="UserErrorException">It is not there, cannot be read or is larger.</exception>
    public static byte[] Read(string path, int largest) => Open(path, stream =>
    {
        if (stream.Length > largest)
            throw new UserErrorException($"{path}: the file has {stream.Length} bytes, more than the {largest} that are read: is it the right file?");
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

    private static byte[] Open(string path, Func<FileStream, byte[]> read)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return read(stream);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"{path}: there is no such file: check the path.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException($"{path}: the file cannot be read ({failure.Message.TrimEnd('.')}): check the path and its permissions.", failure);
        }
    }
}
