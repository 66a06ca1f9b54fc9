using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.Architecture.Tests;

/// <summary>CSharpier breaks code into lines; texts and comments are broken by whoever writes them.</summary>
public class LinesTests
{
    private static readonly string[] Built = ["bin", "obj", ".git"];

    [Fact]
    public void No_line_is_longer_than_the_editors_setting_says()
    {
        string settings = File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".editorconfig"));
        int longest = int.Parse(Regex.Match(settings, "max_line_length = ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        string[] files = [.. Sources(RepositoryRoot.Path)];
        Assert.Contains(files, file => file.EndsWith("LinesTests.cs", StringComparison.Ordinal));
        Assert.Empty(files.SelectMany(file => TooLong(file, longest)));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .GetFiles(folder, "*.cs")
            .Concat(Directory.GetDirectories(folder).Where(inner => !Built.Contains(Path.GetFileName(inner))).SelectMany(Sources));

    private static IEnumerable<string> TooLong(string file, int longest) =>
        File.ReadLines(file)
            .Select((line, at) => (line, at))
            .Where(one => one.line.Length > longest)
            .Select(one => FormattableString.Invariant($"{Path.GetRelativePath(RepositoryRoot.Path, file)}, line {one.at + 1}"));
}
