using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The calls of Linux by which a process gives up rights. Each returns -1 where the kernel does not have it or refuses.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int SetNoNewPrivileges = 38,
        DropFromBoundingSet = 24,
        Ambient = 47,
        ClearAmbient = 4;
    public const int FileSize = 1,
        CoreSize = 4,
        OpenFiles = 7;
    public const int FileSizeSignal = 25;
    public const nint CreateRuleset = 444,
        AddRule = 445,
        RestrictSelf = 446;
    public const int PathOnly = 0x200000,
        CloseOnExec = 0x80000;

    public const int LockAlone = 2,
        DoNotWait = 4;

    public static readonly nint IgnoreSignal = 1;

    [LibraryImport("libc", EntryPoint = "prctl")]
    public static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>flock: the lock of an open file, which ends with it.</summary>
    [LibraryImport("libc", EntryPoint = "flock")]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary>Replaces this process's program; returns only where that fails.</summary>
    public static void Execute(string program, IReadOnlyList<string> arguments)
    {
        // Never freed: either the process is replaced, or it goes on with some bytes less.
        nint* values = (nint*)NativeMemory.AllocZeroed((nuint)arguments.Count + 1, (nuint)sizeof(nint));
        for (int i = 0; i < arguments.Count; i++)
            values[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        _ = Execv(program, values);
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, nint* arguments);

    /// <summary>A limit in force, and how far it may be raised again.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct ResourceLimit(nuint Current, nuint Most);
}
