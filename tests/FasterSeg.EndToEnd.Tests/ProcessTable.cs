using System.Globalization;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Living processes by what they hold, from /proc: on Linux, as root.</summary>
internal static class ProcessTable
{
    /// <summary>Those that hold something in a folder: an open file, a socket that listens there, or their working folder; and those that
    /// name it in their arguments or environment.</summary>
    public static int[] Of(string folder)
    {
        string[] sockets = SocketsBelow(folder);
        return [.. All().Where(process => Holds(process, folder, sockets) || Names(process, folder))];
    }

    /// <summary>Those that hold something in a folder.</summary>
    public static int[] Holding(string folder)
    {
        string[] sockets = SocketsBelow(folder);
        return [.. All().Where(process => Holds(process, folder, sockets))];
    }

    /// <summary>Those that were started with all of some words in their environment, each a NAME=VALUE.</summary>
    public static int[] With(params string[] variables) =>
        [.. All().Where(process => variables.All(variable => Read(process, "environ").Split('\0').Contains(variable)))];

    /// <summary>Where some processes listen for TCP connections, as the kernel writes it: the address in hexadecimal, a colon, the
    /// port.</summary>
    public static string[] Listening(IEnumerable<int> processes)
    {
        const string Listens = "0A";
        const int Local = 1,
            State = 3,
            Inode = 9;
        HashSet<string> held = [.. processes.SelectMany(Links)];
        return
        [
            .. from file in new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            where File.Exists(file)
            from line in File.ReadLines(file).Skip(1)
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where fields[State] == Listens && held.Contains($"socket:[{fields[Inode]}]")
            select fields[Local],
        ];
    }

    /// <summary>Whether an address of <see cref="Listening"/> is loopback's; its bytes are in the machine's order.</summary>
    public static bool IsLoopback(string address)
    {
        string host = address.Split(':')[0];
        bool isOf127 = host.EndsWith("7F", StringComparison.Ordinal);
        return host.Length == 8
            ? isOf127
            : host == "00000000000000000000000001000000"
                || (isOf127 && host.StartsWith("0000000000000000FFFF0000", StringComparison.Ordinal));
    }

    private static IEnumerable<int> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        let process = int.Parse(name, CultureInfo.InvariantCulture)
        where process != Environment.ProcessId && !Read(process, "stat").Contains(") Z ", StringComparison.Ordinal)
        select process;

    private static bool Holds(int process, string folder, string[] sockets)
    {
        string below = Below(folder);
        return Links(process).Any(link => link.StartsWith(below, StringComparison.Ordinal) || sockets.Contains(link))
            || (Target($"/proc/{process}/cwd") + "/").StartsWith(below, StringComparison.Ordinal);
    }

    private static string Below(string folder) => Path.TrimEndingDirectorySeparator(folder) + "/";

    private static bool Names(int process, string folder) =>
        Read(process, "cmdline").Contains(folder, StringComparison.Ordinal)
        || Read(process, "environ").Contains(folder, StringComparison.Ordinal);

    /// <summary>Sockets in a folder, as links to them are written.</summary>
    private static string[] SocketsBelow(string folder)
    {
        const int Inode = 6,
            Name = 7;
        string below = Below(folder);
        return
        [
            .. from line in File.ReadLines("/proc/net/unix").Skip(1)
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where fields.Length > Name && fields[Name].StartsWith(below, StringComparison.Ordinal)
            select $"socket:[{fields[Inode]}]",
        ];
    }

    /// <summary>What a process has open.</summary>
    private static string[] Links(int process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(Target)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
