namespace FasterSeg.Tests;

/// <summary>Files beside the repository that are not ours to commit. A test is skipped where they are absent.</summary>
internal static class SharedFolder
{
    /// <summary>The path of a file under shared/reference/authors.</summary>
    public static string Authors(string file) => Find("reference", "authors", file);

    /// <summary>The path of a file under shared/cases.</summary>
    public static string Case(string folder, string file) => Find("cases", folder, file);

    /// <summary>shared/camvid.</summary>
    public static string CamVid() => Find("camvid");

    private static string Find(params string[] relative)
    {
        string path = Path.Combine([RepositoryRoot.Path, "..", "shared", .. relative]);
        Xunit.Assert.SkipUnless(Path.Exists(path), $"{Path.Combine(["shared", .. relative])} is not beside the repository.");
        return path;
    }
}
