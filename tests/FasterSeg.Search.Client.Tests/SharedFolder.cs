using Xunit;

namespace FasterSeg.Search.Client.Tests;

/// <summary>Files beside the repository that are not ours to commit.</summary>
public static class SharedFolder
{
    /// <summary>The path of a file under shared/reference/authors, or a skipped test where the folder is absent.</summary>
    public static string Authors(string file) => Find(Path.Combine("reference", "authors", file));

    /// <summary>shared/camvid, or a skipped test.</summary>
    public static string CamVid() => Find("camvid");

    private static string Find(string relative)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FasterSeg.sln")))
            folder = folder.Parent;
        string path = Path.Combine(folder?.Parent?.FullName ?? "", "shared", relative);
        if (!Path.Exists(path))
            Assert.Skip($"shared/{relative} is not beside the repository.");
        return path;
    }
}
