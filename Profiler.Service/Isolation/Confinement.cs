namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// What a worker gives up before it sees the first model. Some of it holds only for the calling thread and for what it starts, and .NET
/// has other threads by then: so the worker gives that up, executes its own program anew, and gives up the rest there.
/// </summary>
internal static class Confinement
{
    private const int MostCapabilities = 64,
        ReadEverything = 2;
    private const string OwnThreads = "/proc/self/task";
    private const ulong MostOpenFiles = 1024,
        MostFileBytes = 64 << 20;

    /// <summary>Gives up what the program executed next inherits.</summary>
    /// <param name="writable">Folders in which the worker may write.</param>
    /// <param name="gpu">Whether it measures on a GPU, and may write what NVIDIA's driver has to.</param>
    /// <returns>What was given up, in words; empty where the platform has nothing of it.</returns>
    public static IReadOnlyList<string> BeforeExecution(IEnumerable<string> writable, bool gpu)
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var givenUp = new List<string>();
        if (DropCapabilities())
            givenUp.Add("capabilities");
        if (LinuxCalls.Prctl(LinuxCalls.SetNoNewPrivileges, 1, 0, 0, 0) != 0)
            return givenUp;
        givenUp.Add("new privileges");
        givenUp.AddRange(Landlock.Restrict([.. writable, "/dev/shm"], ["/dev/null", .. gpu ? GraphicsFiles() : []]));
        return givenUp;
    }

    /// <summary>Gives up what holds for the whole process at once, and what the start of .NET itself would not survive.</summary>
    /// <param name="largeFiles">Whether it may write files of any size, such as caches.</param>
    /// <returns>What was given up, in words.</returns>
    public static IReadOnlyList<string> AfterExecution(bool largeFiles)
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var givenUp = new List<string>();
        if (Limit(LinuxCalls.CoreSize, 0))
            givenUp.Add("core dumps");
        if (Limit(LinuxCalls.OpenFiles, MostOpenFiles))
            givenUp.Add($"more than {MostOpenFiles} open files");
        if (largeFiles)
            return givenUp;
        // A write beyond the limit shall fail, not end the process.
        LinuxCalls.Signal(LinuxCalls.FileSizeSignal, LinuxCalls.IgnoreSignal);
        if (Limit(LinuxCalls.FileSize, MostFileBytes))
            givenUp.Add($"files of more than {MostFileBytes >> 20} MiB");
        return givenUp;
    }

    /// <summary>Executes the worker's program anew in this process; returns only where that fails.</summary>
    public static void Execute(IReadOnlyList<string> arguments)
    {
        if (Environment.ProcessPath is { } program)
            LinuxCalls.Execute(program, [program, .. arguments]);
    }

    /// <summary>
    /// The devices, and the files of this process's own threads: the driver names the threads it starts by writing to their <c>comm</c>,
    /// and CUDA ends with error 304 (operating system) where it may not.
    /// </summary>
    private static IEnumerable<string> GraphicsFiles()
    {
        // Landlock knows a folder by its inode, and /proc makes a new one once nobody has the old one open: so it stays open, through the
        // execution too.
        _ = LinuxCalls.Open(OwnThreads, LinuxCalls.PathOnly);
        return Directory.EnumerateFileSystemEntries("/dev", "nvidia*").Append(OwnThreads);
    }

    /// <summary>Root has capabilities, and others may have been given some. All but that of reading go, with which a profiler's own files
    /// may be protected.</summary>
    private static bool DropCapabilities()
    {
        _ = LinuxCalls.Prctl(LinuxCalls.Ambient, LinuxCalls.ClearAmbient, 0, 0, 0);
        bool dropped = false;
        for (int capability = 0; capability < MostCapabilities; capability++)
        {
            if (capability != ReadEverything)
                dropped |= LinuxCalls.Prctl(LinuxCalls.DropFromBoundingSet, (nuint)capability, 0, 0, 0) == 0;
        }
        return dropped;
    }

    private static bool Limit(int resource, ulong most) => LinuxCalls.SetLimit(resource, new((nuint)most, (nuint)most)) == 0;
}
