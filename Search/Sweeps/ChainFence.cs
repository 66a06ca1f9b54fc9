using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Sweeps;

/// <summary>
/// Who may write into a chain, by a file beside its state: the newest lease under which it was begun. Locks keep two programs apart where
/// the folder's file system has them; this tells one that stood still, and whose lock is gone, that another has gone on.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Token">The lease's token; each is higher than all before it.</param>
public sealed record ChainFence(string Path, long Token)
{
    private const char Between = ':';

    /// <summary>Whether the lease is the newest. What cannot be read for now cannot be written to, either.</summary>
    public bool Holds()
    {
        try
        {
            return Read() == Token;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Makes the lease the newest.</summary>
    /// <returns>Whether another one was before it, whose holder may be there still.</returns>
    /// <exception cref="ChainLostException">A newer one is there.</exception>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public bool Raise()
    {
        long? before = File.Exists(Path) ? Read() : null;
        if (before > Token)
            throw new ChainLostException();
        if (before != Token)
            AtomicFile.WriteAllText(Path, Token.ToString(CultureInfo.InvariantCulture) + "\n");
        return before is not null && before != Token;
    }

    /// <summary>As one word of a command line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Token}{Between}{Path}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is empty.</summary>
    public static ChainFence? Parse(string word) =>
        word.Split(Between, 2) is [var token, var path] ? new(path, long.Parse(token, CultureInfo.InvariantCulture)) : null;

    // What is no number was not written by this program: it bars nobody.
    private long Read() =>
        long.TryParse(File.ReadAllText(Path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long token) ? token : 0;
}

/// <summary>A chain is another agent's now, or may be so at any moment.</summary>
public sealed class ChainLostException() : Exception("Its lease is over.");
