using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Sweeps;

/// <summary>
/// Who may write into a chain, by a file beside its state: the newest lease under which it was begun. Locks keep two programs apart where
/// the folder's file system has them; this tells one that stood still, and whose lock is gone, that another has gone on.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Token">The lease's token; of one fleet each is higher than all before it.</param>
/// <param name="Holder">Tells whose lease it is: another fleet may have given the same token.</param>
public sealed record ChainFence(string Path, long Token, string Holder)
{
    private const char Between = ':';

    private string Text => string.Create(CultureInfo.InvariantCulture, $"{Token} {Holder}");

    /// <summary>Whether the lease is the newest. What cannot be read for now cannot be written to, either.</summary>
    public bool Holds()
    {
        try
        {
            return Read() == Text;
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

    /// <summary>What lies there of a lease with a higher token; null where none does. It is a newer lease of the same fleet, and this one
    /// is over, or one of another fleet, or of this one before its store was lost.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string? Higher() => File.Exists(Path) && Read() is var found && TokenOf(found) > Token ? found : null;

    /// <summary>Makes the lease the newest.</summary>
    /// <param name="foreign">What <see cref="Higher"/> found before the fleet said that this lease is held: it is not the fleet's.</param>
    /// <returns>Whether another one was before it, whose holder may be there still.</returns>
    /// <exception cref="ChainLostException">A newer one is there.</exception>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public bool Raise(string? foreign = null)
    {
        string? before = File.Exists(Path) ? Read() : null;
        if (before is not null && TokenOf(before) > Token && before != foreign)
            throw new ChainLostException();
        if (before != Text)
            AtomicFile.WriteAllText(Path, Text + "\n");
        return before is not null && before != Text;
    }

    /// <summary>As one word of a command line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Token}{Between}{Holder}{Between}{Path}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is empty.</summary>
    public static ChainFence? Parse(string word) =>
        word.Split(Between, 3) is [var token, var holder, var path]
            ? new(path, long.Parse(token, CultureInfo.InvariantCulture), holder)
            : null;

    private string Read() => File.ReadAllText(Path).Trim();

    // What is no number was not written by this program: it bars nobody.
    private static long TokenOf(string text) =>
        long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long token) ? token : 0;
}

/// <summary>A chain is another agent's now, or may be so at any moment.</summary>
public sealed class ChainLostException() : Exception("Its lease is over.");
