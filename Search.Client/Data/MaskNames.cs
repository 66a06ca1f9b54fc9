using System.Collections.Concurrent;
using System.Text;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// Finds files by names that somebody else derived: the extension may be in upper case, and an accented letter may be one character or two, as file
/// systems and archives write it.
/// </summary>
internal sealed class MaskNames
{
    private readonly ConcurrentDictionary<string, ILookup<string, string>> folders = new();

    /// <summary>A file that is there, by the name that it should have; the name itself where none is.</summary>
    public string Find(string path) => File.Exists(path) ? path : In(Folder(path))[Key(path)].FirstOrDefault(path);

    /// <summary>A file of the same name with another extension; null where there is none.</summary>
    public string? Other(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(Key(path)) + ".";
        return In(Folder(path)).FirstOrDefault(names => names.Key.StartsWith(stem, StringComparison.Ordinal) && names.Key != Key(path))?.First();
    }

    private ILookup<string, string> In(string folder) => folders.GetOrAdd(folder,
        each => (Directory.Exists(each) ? ImageFolder.Visible(each, deep: false) : []).ToLookup(Key));

    private static string Folder(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";

    private static string Key(string path) => Path.GetFileNameWithoutExtension(path).Normalize(NormalizationForm.FormC) + Path.GetExtension(path).ToLowerInvariant();
}
