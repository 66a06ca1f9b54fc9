using System.IO.Compression;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Files that an earlier build wrote: <c>Cases/Earlier/README.md</c> says which.</summary>
internal static class EarlierFiles
{
    private static readonly string Cases = Path.Combine(RepositoryRoot.Path, "tests", "FasterSeg.EndToEnd.Tests", "Cases", "Earlier");

    /// <summary>The configuration of all of them.</summary>
    public static string Configuration { get; } = Path.Combine(Cases, "earlier.json");

    /// <summary>Unpacks one archive into a bench's folder.</summary>
    public static void Unpack(string name, Workbench bench) => ZipFile.ExtractToDirectory(Path.Combine(Cases, name + ".zip"), bench.Folder);
}
