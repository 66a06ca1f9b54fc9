namespace FasterSeg.Latency;

/// <summary>Asked right before this program changes a file of long work, for programs that others may take that work from: one that stood
/// still meanwhile must not write beside its successor.</summary>
public static class FileFence
{
    private static Action? check;

    /// <summary>Sets what is asked. It does not return where nothing may be written any more.</summary>
    /// <param name="ask">Called from any thread; null asks nothing.</param>
    public static void Set(Action? ask) => Volatile.Write(ref check, ask);

    /// <summary>Passes where writing is allowed.</summary>
    public static void Pass() => Volatile.Read(ref check)?.Invoke();
}
