using System.Globalization;

namespace FasterSeg.Bench.Adversity.Services;

/// <summary>What Linux tells about a process.</summary>
/// <param name="ResidentMiB">Resident memory.</param>
/// <param name="Handles">Open file descriptors but for the program's own files: files, sockets, pipes.</param>
/// <param name="ProgramFiles">Descriptors of assemblies and libraries: .NET keeps them of each one that it has loaded, which it does at its
/// first use.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessFigures(double ResidentMiB, int Handles, int ProgramFiles, int Threads)
{
    /// <summary>The figures now, or null where the process has ended.</summary>
    public static ProcessFigures? Read(int id)
    {
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            Dictionary<string, string> status = File.ReadLines(folder + "/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(pair => pair[0], pair => pair[1].Trim());
            if (!status.TryGetValue("VmRSS", out string? resident))
                return null;
            FileInfo[] descriptors = new DirectoryInfo(folder + "/fd").GetFiles();
            int program = descriptors.Count(file =>
                file.LinkTarget is { } target
                && (target.EndsWith(".dll", StringComparison.Ordinal) || target.EndsWith(".so", StringComparison.Ordinal))
            );
            return new(
                double.Parse(resident.Split(' ')[0], CultureInfo.InvariantCulture) / 1024,
                descriptors.Length - program,
                program,
                int.Parse(status["Threads"], CultureInfo.InvariantCulture)
            );
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
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                // Behind the name, which may hold anything: state, parent.
                string stat = File.ReadAllText(folder + "/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] != "Z" && fields[1] == parent.ToString(CultureInfo.InvariantCulture))
                    children.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
        return children;
    }
}
