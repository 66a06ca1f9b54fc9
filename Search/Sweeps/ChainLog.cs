using System.Text;

namespace FasterSeg.Search.Sweeps;

/// <summary>Adds lines to a text file. What the disk does not take is left out: it is no reason to stop.</summary>
internal sealed class ChainLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter? file;
    private bool isClosed;

    /// <summary>Opens the file, or makes it.</summary>
    public ChainLog(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new StreamWriter(
                new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
            )
            {
                AutoFlush = true,
            };
        }
        catch (Exception fault) when (IsOfTheDisk(fault)) { }
    }

    /// <summary>Adds a line; null adds none.</summary>
    public void Add(string? line)
    {
        lock (gate)
        {
            if (line is null || isClosed)
                return;
            try
            {
                file?.WriteLine(line);
            }
            catch (Exception fault) when (IsOfTheDisk(fault)) { }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            try
            {
                file?.Dispose();
            }
            catch (Exception fault) when (IsOfTheDisk(fault)) { }
        }
    }

    private static bool IsOfTheDisk(Exception fault) => fault is IOException or UnauthorizedAccessException;
}
