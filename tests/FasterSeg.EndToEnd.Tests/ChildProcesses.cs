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

    private static IEnumerable<int> Of(int parent) =>
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
