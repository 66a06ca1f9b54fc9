namespace FasterSeg.EndToEnd.Tests;

/// <summary>Where the built programs lie: beside this test's own binaries, in the same configuration.</summary>
internal static class Programs
{
    // .../bin/<configuration>/<framework>/
    private static readonly DirectoryInfo Framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public static string Configuration { get; } = Framework.Parent!.Name;

    public static string Client { get; } = Built("Search.Client", "fasterseg.dll");

    public static string Profiler { get; } = Built("Profiler.Service", "fasterseg-profiler.dll");

    public static string Fleet { get; } = Built("Fleet.Service", "fasterseg-fleet.dll");

    /// <summary>A library's project, by its folder.</summary>
    public static string Project(string folder) => Path.Combine(RepositoryRoot.Path, folder, $"FasterSeg.{folder}.csproj");

    private static string Built(string project, string file)
    {
        string path = Path.Combine(RepositoryRoot.Path, project, "bin", Configuration, Framework.Name, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: build the solution first.");
    }
}
