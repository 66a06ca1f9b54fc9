using System.Globalization;

namespace FasterSeg.Bench.Adversity.Services;

/// <summary>What Linux tells about a process.</summary>
/// <param name="ResidentMiB">Resident memory.</param>
/// <param name="Handles">Open file descriptors: files, sockets, pipes.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessFigures(double ResidentMiB, int Handles, int Threads)
{
    /// <summary>The figures now, or null where the process has ended.</summary>
    public static ProcessFigures? Read(int id)
    {
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            Dictionary<string, string> status = File.ReadLines(folder + "/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
            return status.TryGetValue("VmRSS", out string? resident)
                ? new(double.Parse(resident.Split(' ')[0], CultureInfo.InvariantCulture) / 1024, Directory.GetFileSystemEntries(folder + "/fd").Length,
                    int.Parse(status["Threads"], CultureInfo.InvariantCulture))
                : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The processes that a process started and that live.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent)
    {
        var children = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            try
            {
                // Behind the name, which may hold anything: state, parent.
                string stat = File.ReadAllText(folder + "/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] != "Z" && fields[1] == parent.ToString(CultureInfo.InvariantCulture)) children.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
        return children;
    }
}
