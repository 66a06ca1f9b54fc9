namespace FasterSeg.Latency;

/// <summary>
/// Says who holds a lock file, in a small file beside it: a file that is locked cannot be read. The note is only as good as the lock: where
/// that is free, the note is of nobody.
/// </summary>
public static class LockOwner
{
    private const int LongestNote = 400;

    /// <summary>Notes that this process holds a lock. A folder that does not take the note is no fault: nobody needs it to work.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="address">Where the process listens; null where it does not.</param>
    public static void Note(string path, string? address = null)
    {
        try
        {
            AtomicFile.WriteAllText(
                Beside(path),
                FormattableString.Invariant($"{(address is null ? "" : address + ", ")}process {Environment.ProcessId} on ")
                    + $"{Environment.MachineName}\n"
            );
        }
        catch (Exception fault) when (IsOfTheDisk(fault)) { }
    }

    /// <summary>Takes the note away, before the lock is given free.</summary>
    /// <param name="path">The lock file.</param>
    public static void Forget(string path)
    {
        try
        {
            File.Delete(Beside(path));
        }
        catch (Exception fault) when (IsOfTheDisk(fault)) { }
    }

    /// <summary>Who holds a lock that was found held, e.g. <c>http://127.0.0.1:5151, process 12 on host</c>; null where nobody noted
    /// it.</summary>
    /// <param name="path">The lock file.</param>
    public static string? Of(string path)
    {
        try
        {
            string note = File.ReadAllText(Beside(path)).Trim();
            return note.Length is > 0 and <= LongestNote && !note.Any(char.IsControl) ? note : null;
        }
        catch (Exception fault) when (IsOfTheDisk(fault))
        {
            return null;
        }
    }

    /// <summary>The note's file.</summary>
    /// <param name="path">The lock file.</param>
    public static string Beside(string path) => path + ".owner";

    private static bool IsOfTheDisk(Exception fault) => fault is IOException or UnauthorizedAccessException or UserErrorException;
}
