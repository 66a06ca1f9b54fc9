namespace FasterSeg.Latency.Tests;

/// <summary>An empty folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fasterseg-");

    public string File(string name) => Path.Combine(folder.FullName, name);

    public string[] Names() => [.. folder.EnumerateFileSystemInfos().Select(file => file.Name)];

    public void Dispose() => folder.Delete(recursive: true);
}
