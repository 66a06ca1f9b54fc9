namespace FasterSeg.Operators;

/// <summary>Reads files that the user named: every failure is a sentence.</summary>
public static class UserFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <exception cref="UserErrorException">It is not there, cannot be read or is larger.</exception>
    public static byte[] Read(string path, int largest)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > largest)
                throw new UserErrorException($"{path}: the file has {stream.Length} bytes, more than the {largest} that are read: is it the right file?");
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
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
