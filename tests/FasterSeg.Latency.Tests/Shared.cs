namespace FasterSeg.Latency.Tests;

/// <summary>Files of the repository and of the shared folder beside it.</summary>
internal static class Shared
{
    public static string Repository { get; } = FindRepository();

    /// <summary>A file of the shared folder; the test is skipped where that folder is absent.</summary>
    public static string Require(params string[] path)
    {
        string file = Path.Combine([Repository, "..", "shared", .. path]);
        Assert.SkipUnless(File.Exists(file), $"{Path.Combine(["shared", .. path])} is not on this machine.");
        return file;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FasterSeg.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run within the repository.");
    }
}
