namespace FasterSeg.Search.Client.Commands;

/// <summary>What the program ends with.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration; also what is named and not there, a folder without a run, and a damaged file of a
    /// run.</summary>
    public const int WrongUsage = 2;

    /// <summary>No profiler answers.</summary>
    public const int ProfilerUnreachable = 3;

    /// <summary>Interrupted by Ctrl-C or a request to stop; what was reached is saved.</summary>
    public const int Interrupted = 130;
}
