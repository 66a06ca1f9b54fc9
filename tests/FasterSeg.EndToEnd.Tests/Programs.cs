namespace FasterSeg.EndToEnd.Tests;

/// <summary>Where the built programs lie: beside this test's own binaries, in the same configuration.</summary>
internal static class Programs
{
    public static string Root { get; } = FindRoot();

    public static string Client { get; } = Built("Search.Client", "fasterseg.dll");

    public static string Profiler { get; } = Built("Profiler.Service", "fasterseg-profiler.dll");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FasterSeg.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    private static string Built(string project, string file)
    {
        // .../bin/<configuration>/<framework>/
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string path = Path.Combine(Root, project, "bin", framework.Parent!.Name, framework.Name, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: build the solution first.");
    }
}
