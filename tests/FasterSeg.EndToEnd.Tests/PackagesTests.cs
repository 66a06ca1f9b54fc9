using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>The libraries as others get them: from packages, in a project that has nothing else of this repository.</summary>
public class PackagesTests
{
    [Fact]
    public async Task The_programs_lines_in_the_readme_run_with_the_packages()
    {
        await using var bench = new Workbench();
        await bench.PackAsync("packages", "Latency", "Onnx", "Profiler.Client", "Protos");
        string[] program = ProgramOfTheReadme();
        Assert.InRange(program.Length, 1, 15);
        WriteProject(bench.Folder, string.Join('\n', program));
        await bench.DotNetAsync("build", "consumer", "-c", "Release", "-o", bench["built"]);

        string table = Path.Combine(RepositoryRoot.Path, "luts", "intel-xeon-cpu-1thread-256x512.json");
        var (_, url) = await bench.StartProfilerAsync();
        string output = await bench.DotNetAsync(bench["built/consumer.dll"], table, url);
        Assert.Matches(
            @"\Astudent 32s\+\d+s, .*: [0-9.,]+ ms on Intel.*\r?\n[a-z0-9.]+: [0-9.,]+ ms there, [0-9.,]+ ms on .+\r?\n\z",
            output
        );
    }

    [Theory]
    [InlineData("Latency"), InlineData("Onnx"), InlineData("Profiler.Client"), InlineData("Protos")]
    public async Task A_package_holds_licence_readme_documentation_and_symbols_and_no_path_of_the_machine(string library)
    {
        await using var bench = new Workbench();
        await bench.PackAsync("packages", library);
        string name = $"FasterSeg.{library}";
        using ZipArchive package = ZipFile.OpenRead(bench[$"packages/{name}.0.1.0.nupkg"]);
        string description = Text(package, $"{name}.nuspec");
        Assert.Contains("<license type=\"expression\">MIT</license>", description, StringComparison.Ordinal);
        Assert.DoesNotContain("<description>Package Description", description, StringComparison.Ordinal);
        Assert.StartsWith($"# {name}\n", Text(package, "README.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("<member name=", Text(package, $"lib/net10.0/{name}.xml"), StringComparison.Ordinal);
        Assert.Equal(-1, Bytes(package, $"lib/net10.0/{name}.dll").AsSpan().IndexOf(Encoding.UTF8.GetBytes(RepositoryRoot.Path)));

        using ZipArchive symbols = ZipFile.OpenRead(bench[$"packages/{name}.0.1.0.snupkg"]);
        using var provider = MetadataReaderProvider.FromPortablePdbImage([.. Bytes(symbols, $"lib/net10.0/{name}.pdb")]);
        MetadataReader reader = provider.GetMetadataReader();
        Assert.NotEmpty(reader.Documents);
        Assert.All(reader.Documents, document =>
            Assert.StartsWith($"/_/{library}/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_same_build_gives_the_same_package()
    {
        await using var bench = new Workbench();
        await bench.PackAsync("first", "Protos");
        // Files in an archive are dated to two seconds.
        await Task.Delay(TimeSpan.FromSeconds(2), Workbench.Stop);
        await bench.PackAsync("second", "Protos");
        string[] files = [.. Directory.GetFiles(bench["first"]).Select(file => Path.GetFileName(file))];
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(bench[$"first/{file}"]), File.ReadAllBytes(bench[$"second/{file}"])));
    }

    private static string[] ProgramOfTheReadme()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).ReplaceLineEndings("\n");
        return Regex.Match(readme, "## As libraries\n.*?```csharp\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value.Split('\n');
    }

    /// <summary>
    /// A console project that takes our packages from the folder just packed into, and unpacks them beside itself: an older build's, in
    /// the folder that all projects share, would be taken for them. Everybody else's lie in that folder since this build.
    /// </summary>
    private static void WriteProject(string folder, string program)
    {
        string project = Directory.CreateDirectory(Path.Combine(folder, "consumer")).FullName;
        File.WriteAllText(Path.Combine(project, "Program.cs"), program);
        File.WriteAllText(
            Path.Combine(project, "consumer.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="FasterSeg.Latency" Version="0.1.0" />
                <PackageReference Include="FasterSeg.Onnx" Version="0.1.0" />
                <PackageReference Include="FasterSeg.Profiler.Client" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """
        );
        File.WriteAllText(
            Path.Combine(project, "nuget.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "unpacked")}" /></config>
              <packageSources><add key="just-packed" value="{Path.Combine(folder, "packages")}" /></packageSources>
              <fallbackPackageFolders><add key="shared" value="{SharedPackages}" /></fallbackPackageFolders>
              <packageSourceMapping>
                <packageSource key="just-packed"><package pattern="FasterSeg.*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """
        );
    }

    private static string SharedPackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Text(ZipArchive archive, string name) => Encoding.UTF8.GetString(Bytes(archive, name)).TrimStart('\ufeff');

    private static byte[] Bytes(ZipArchive archive, string name)
    {
        using Stream stream = (archive.GetEntry(name) ?? throw new FileNotFoundException($"{name} is not in the package.")).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
