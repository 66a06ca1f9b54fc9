using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Looks at an output's place before the work, so that hours of measuring don't end at a misspelt folder.</summary>
public static class OutputFile
{
    /// <summary>Makes the file's folder and tries it out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <exception cref="UsageException">No file can be written there.</exception>
    public static void Check(string path, string option = "--out")
    {
        if (path.Length == 0 || Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder: name a file with {option}.");
        try
        {
            string folder = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!).FullName;
            File.Open(Path.Combine(folder, Path.GetRandomFileName()), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            }).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"No file can be written to '{path}': {exception.Message}", exception);
        }
    }
}
