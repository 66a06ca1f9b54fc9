namespace FasterSeg.EndToEnd.Tests;

/// <summary>Where the built programs lie: beside this test's own binaries, in the same configuration.</summary>
internal static class Programs
{
    public static string Client { get; } = Built("Search.Client", "fasterseg.dll");

    public static string Profiler { get; } = Built("Profiler.Service", "fasterseg-profiler.dll");

    private static string Built(string project, string file)
    {
        // .../bin/<configuration>/<framework>/
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string path = Path.Combine(RepositoryRoot.Path, project, "bin", framework.Parent!.Name, framework.Name, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: build the solution first.");
    }
}
