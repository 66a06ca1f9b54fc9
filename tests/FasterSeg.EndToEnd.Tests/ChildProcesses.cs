using System.Diagnostics;
using System.Globalization;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>The processes that a program started; from /proc, so on Linux only.</summary>
internal static class ChildProcesses
{
    /// <summary>Ends the living children of a process as <c>kill -9</c> does.</summary>
    /// <returns>How many there were.</returns>
    public static int Kill(int parent)
    {
        int[] children = [.. Of(parent)];
        foreach (int child in children)
        {
            using Process process = Process.GetProcessById(child);
            process.Kill();
        }
        return children.Length;
    }

    /// <summary>Ends one of the living children of a process as <c>kill -9</c> does.</summary>
    /// <returns>How many were ended: it may end by itself just before.</returns>
    public static int KillOne(int parent, Random random)
    {
        int[] children = [.. Of(parent)];
        if (children.Length == 0)
            return 0;
        try
        {
            using Process process = Process.GetProcessById(children[random.Next(children.Length)]);
            process.Kill();
            return 1;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>Whether a process lives that was started with a word; its number may be another one's by now.</summary>
    public static bool IsAlive(int process, string word)
    {
        try
        {
            return Stat($"/proc/{process}") is [not "Z", ..]
                && File.ReadAllText($"/proc/{process}/cmdline").Contains(word, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The living children of a process.</summary>
    public static IEnumerable<int> Of(int parent) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        let fields = Stat(folder)
        where fields is [var state, var owner, ..] && state != "Z" && owner == parent.ToString(CultureInfo.InvariantCulture)
        select int.Parse(name, CultureInfo.InvariantCulture);

    /// <summary>State, parent and what follows; empty where the process has just ended.</summary>
    private static string[] Stat(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            // Behind the name, which may hold anything.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
