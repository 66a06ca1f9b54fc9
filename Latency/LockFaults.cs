namespace FasterSeg.Latency;

/// <summary>Tells a file that another one holds from a file that cannot be opened at all.</summary>
public static class LockFaults
{
    // EAGAIN on Linux and on macOS, a sharing violation on Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Whether opening a file for oneself alone failed since another process, or another holder in this one, has it.</summary>
    public static bool IsHeld(Exception fault) => fault is IOException && HeldByAnother.Contains(fault.HResult);
}
