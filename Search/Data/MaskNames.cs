using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace FasterSeg.Search.Data;

/// <summary>Finds files by names that were derived from others: an extension may be in upper case.</summary>
internal sealed class MaskNames
{
    private const char Mark = '\uFFFD';

    private readonly ConcurrentDictionary<string, ILookup<string, string>> folders = new();

    /// <summary>A file that is there, by the name that it should have; the name itself where none is.</summary>
    public string Find(string path) => File.Exists(path) ? path : In(path)[Key(path)].FirstOrDefault(path);

    /// <summary>For messages: what is there instead of a file.</summary>
    public string Instead(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        string[] names = [.. In(path).SelectMany(files => files).Select(file => Path.GetFileName(file))];
        if (Array.Find(names, name => Path.GetFileNameWithoutExtension(name) == stem) is { } other)
            return $", but '{other}'; masks must be PNG, which keeps every value exactly";
        if (
            Array.Find(names, name =>
                name.Contains(Mark, StringComparison.Ordinal) && Accents(Path.GetFileNameWithoutExtension(name)) == Accents(stem)
            ) is
            { } unreadable
        )
            return $", but '{unreadable}', whose name has bytes that are no UTF-8: rename it";
        // A letter with its accent is one character (NFC) or two (NFD), which looks the same.
        return Array.Find(names, name => Accents(Path.GetFileNameWithoutExtension(name)) == Accents(stem)) is { } alike
            ? $", but '{alike}', whose letters with accents are stored in another way (NFC or NFD): rename one of the two"
            : "";
    }

    private ILookup<string, string> In(string path) =>
        folders.GetOrAdd(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".", each =>
            (Directory.Exists(each) ? ImageFolder.Visible(each, deep: false) : []).ToLookup(Key)
        );

    private static string Key(string path) => Path.GetFileNameWithoutExtension(path) + Path.GetExtension(path).ToLowerInvariant();

    /// <summary>A name with a mark for every letter with an accent. The program has no tables to compose such letters with.</summary>
    private static string Accents(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
                text.Append(char.IsAscii(letter) ? letter : Mark);
            else if (text.Length > 0)
                text[^1] = Mark;
        }
        return text.ToString();
    }
}
