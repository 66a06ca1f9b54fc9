using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// Landlock, by which a Linux process without any privilege forbids itself to write files but in some folders, to open TCP
/// connections, and to send signals to others. It holds for the calling thread, for threads and processes that it starts, and for the
/// program it executes. Reading stays as it is. See https://docs.kernel.org/userspace-api/landlock.html.
/// </summary>
public static unsafe class Landlock
{
    private const nint AskVersion = 1,
        PathBeneath = 1;
    private const ulong WriteFile = 1 << 1,
        Truncate = 1 << 14;

    // Removing and making whatever there is: bits 4 to 12 since the first version.
    private const ulong RemoveAndMake = 0b1_1111_1111 << 4,
        Refer = 1 << 13;
    private const ulong BindTcp = 1 << 0,
        ConnectTcp = 1 << 1,
        Signals = 1 << 1;

    /// <summary>Version of the kernel's Landlock; 0 where it has none.</summary>
    public static int Version =>
        OperatingSystem.IsLinux() ? Math.Max(0, (int)LinuxCalls.Syscall(LinuxCalls.CreateRuleset, 0, 0, AskVersion, 0)) : 0;

    /// <summary>Forbids the calling thread to write but in and to these paths, and to gain privileges
    /// (<c>PR_SET_NO_NEW_PRIVS</c>).</summary>
    /// <param name="folders">Folders in which everything stays allowed; those that are not there are passed over.</param>
    /// <param name="files">Files and devices, or folders of them, that may be written to, but not made or removed.</param>
    /// <returns>What holds now, in words; nothing where the kernel does not know Landlock or refuses.</returns>
    public static IReadOnlyList<string> Restrict(IEnumerable<string> folders, IEnumerable<string> files)
    {
        int version = Version;
        if (version < 1 || LinuxCalls.Prctl(LinuxCalls.SetNoNewPrivileges, 1, 0, 0, 0) != 0)
            return [];
        ulong toFiles = WriteFile | (version >= 3 ? Truncate : 0),
            inFolders = toFiles | RemoveAndMake | (version >= 2 ? Refer : 0);
        // Version 6 knows of signals, but early kernels of it keep them from the process's own threads too, which .NET needs.
        bool withSignals = version >= 7;
        var rules = new Ruleset(inFolders, version >= 4 ? BindTcp | ConnectTcp : 0, withSignals ? Signals : 0);
        int ruleset = (int)
            LinuxCalls.Syscall(
                LinuxCalls.CreateRuleset,
                (nint)(&rules),
                withSignals ? sizeof(Ruleset)
                    : version >= 4 ? 2 * sizeof(ulong)
                    : sizeof(ulong),
                0,
                0
            );
        if (ruleset < 0)
            return [];
        try
        {
            foreach (string folder in folders)
                Allow(ruleset, folder, inFolders);
            foreach (string file in files)
                Allow(ruleset, file, toFiles);
            if (LinuxCalls.Syscall(LinuxCalls.RestrictSelf, ruleset, 0, 0, 0) != 0)
                return [];
        }
        finally
        {
            _ = LinuxCalls.Close(ruleset);
        }
        string[] held = ["writes outside of its folders", "TCP connections", "signals to others"];
        return held[
            ..(
                withSignals ? 3
                : version >= 4 ? 2
                : 1
            )
        ];
    }

    private static void Allow(int ruleset, string path, ulong access)
    {
        int descriptor = LinuxCalls.Open(path, LinuxCalls.PathOnly | LinuxCalls.CloseOnExec);
        if (descriptor < 0)
            return;
        var rule = new Rule(access, descriptor);
        _ = LinuxCalls.Syscall(LinuxCalls.AddRule, ruleset, PathBeneath, (nint)(&rule), 0);
        _ = LinuxCalls.Close(descriptor);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Ruleset(ulong Files, ulong Network, ulong Scoped);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Rule(ulong Access, int Folder);
}
