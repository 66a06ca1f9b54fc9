using System.Security.Cryptography;
using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines.Caches;

/// <summary>The list of a cache folder's files with their hashes. What does not agree with it was damaged, or never finished.</summary>
internal static class CacheManifest
{
    public const string FileName = "manifest.json";

    /// <summary>Lists the folder as it is.</summary>
    public static void Write(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(Hashes(folder)));

    /// <summary>True where the folder holds exactly the files that its list says.</summary>
    public static bool Agrees(string folder)
    {
        try
        {
            string path = Path.Combine(folder, FileName);
            if (!File.Exists(path))
                return false;
            Dictionary<string, string>? listed = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path));
            SortedDictionary<string, string> found = Hashes(folder);
            return listed is { Count: > 0 }
                && listed.Count == found.Count
                && listed.All(pair => found.TryGetValue(pair.Key, out string? hash) && hash == pair.Value);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SortedDictionary<string, string> Hashes(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path);
            if (name == FileName)
                continue;
            using FileStream file = File.OpenRead(path);
            hashes[name] = Convert.ToHexStringLower(SHA256.HashData(file));
        }
        return hashes;
    }
}
