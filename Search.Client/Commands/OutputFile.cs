using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Looks at an output's place before the work, so that hours of measuring don't end at a misspelt folder.</summary>
public static class OutputFile
{
    /// <summary>Makes the file's folder.</summary>
    /// <exception cref="UsageException">No file can be written there.</exception>
    public static void Check(string path)
    {
        if (path.Length == 0 || Directory.Exists(path)) throw new UsageException($"'{path}' is a folder: name a file with --out.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"No file can be written to '{path}': {exception.Message}", exception);
        }
    }
}
