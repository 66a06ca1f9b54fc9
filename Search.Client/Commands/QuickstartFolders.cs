using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The folders that <c>quickstart</c> takes where none is named: <c>runs/quickstart-1</c>, <c>-2</c> and so on.</summary>
internal static class QuickstartFolders
{
    private const string Parent = "runs",
        Prefix = "quickstart-";

    /// <summary>The first that is not there.</summary>
    public static string Free() => Enumerable.Range(1, int.MaxValue).Select(Of).First(path => !Directory.Exists(path));

    /// <summary>The newest one.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Newest()
    {
        IEnumerable<string> names = Directory.Exists(Parent) ? Directory.EnumerateDirectories(Parent, Prefix + "*") : [];
        int newest = names.Select(Number).DefaultIfEmpty(0).Max();
        return newest > 0
            ? Of(newest)
            : throw new UsageException(
                "There is no quickstart under runs to go on with: name its folder with --out, or leave --resume out."
            );
    }

    private static string Of(int number) => Path.Combine(Parent, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}"));

    private static int Number(string path) =>
        int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 0;
}
