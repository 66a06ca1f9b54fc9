namespace FasterSeg.Search.Sweeps;

/// <summary>How a stage's command ended.</summary>
/// <param name="Code">Its exit code, as fasterseg's commands have them; 128 and a signal's number where it was ended from outside.</param>
/// <param name="Failure">What it said then; empty where it said nothing.</param>
public sealed record StageEnd(int Code, string Failure)
{
    /// <summary>Wrong usage or configuration, or a damaged file: another attempt would end in the same way.</summary>
    public const int Refused = 2;

    private const int ProfilerUnreachable = 3,
        Signals = 128,
        Interrupted = 130;

    // A full disk as Linux, macOS and Windows say it; and a device that another program measures on (DeviceHeldException).
    private static readonly string[] Passing =
    [
        "Another profiler measures on this device already",
        "No space left on device",
        "Disk quota exceeded",
        "Disc quota exceeded",
        "not enough space on the disk",
    ];

    /// <summary>Whether it may pass while the sweep waits: a full disk, a profiler that is away or in use.</summary>
    public bool MayPass =>
        Code == ProfilerUnreachable
        || (Code is not 0 and not Refused && Passing.Any(words => Failure.Contains(words, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Why it failed, without a full stop; below it the command may stand that helps.</summary>
    public string Sentence =>
        Failure.Length > 0 ? Failure.TrimEnd('.')
        : Code == Interrupted ? "its process was told to end by somebody, and has saved"
        : Code > Signals ? FormattableString.Invariant($"its process was ended from outside (code {Code}), perhaps since memory ran out")
        : FormattableString.Invariant($"its command ended with code {Code}");

    /// <summary>The same as a part of a longer text.</summary>
    public string Brief => Sentence.Split('\n')[0].TrimEnd('.', ':');

    /// <summary>What is told at last of a failure: with a full stop, or with the command that helps.</summary>
    public static string Told(string failure) => failure.Contains('\n', StringComparison.Ordinal) ? failure : failure.TrimEnd('.') + ".";
}

/// <summary>Runs a stage's command.</summary>
public interface IStageRunner
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="command">From <see cref="StageCommand"/>.</param>
    /// <param name="stageLock">The file whose lock the command holds while it works.</param>
    /// <param name="log">The file to which it adds what it says.</param>
    /// <param name="lease">Under which it runs; null is none.</param>
    /// <param name="cancellation">Has it save and end, and waits for that.</param>
    Task<StageEnd> RunAsync(
        IReadOnlyList<string> command,
        string stageLock,
        string log,
        IChainLease? lease,
        CancellationToken cancellation
    );
}
