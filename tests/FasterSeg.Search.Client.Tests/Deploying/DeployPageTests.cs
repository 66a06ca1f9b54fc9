using System.Text.RegularExpressions;
using System.Xml.Linq;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Tests.Commands;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Deploying;

/// <summary>The programs of docs/deploy-network.md: each gets the exported file and a picture, and nothing else of this
/// repository.</summary>
public sealed class DeployPageTests : IDisposable
{
    private static readonly string Interop = Path.Combine(RepositoryRoot.Path, "tests", "interop");

    private readonly ExportedRun bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Csharp_gives_the_classes_of_predict()
    {
        await PrepareAsync();
        await BuildCsharpAsync();
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string said = await OutsideProgram.RunAsync(
            dotnet,
            [bench["csharp/built/deploy.dll"], bench["n.onnx"], bench["street.png"], bench["classes.bin"]],
            bench.Path
        );
        AssertClasses(said);
    }

    [Fact]
    public async Task Python_gives_the_classes_of_predict()
    {
        await OutsideProgram.RequirePythonAsync("numpy", "PIL", "onnx", "torch");
        await PrepareAsync();
        File.WriteAllText(bench["deploy.py"], Block("python"));
        // The real package wins where it is installed.
        bool isThere = (await OutsideProgram.TryAsync(OutsideProgram.Python, ["-c", "import onnxruntime"], bench.Path)).Code == 0;
        string said = await OutsideProgram.RunAsync(
            OutsideProgram.Python,
            [bench["deploy.py"], bench["n.onnx"], bench["street.png"], bench["classes.bin"]],
            bench.Path,
            isThere ? null : new Dictionary<string, string> { ["PYTHONPATH"] = Path.Combine(Interop, "python") }
        );
        AssertClasses(said);
    }

    [Fact]
    public async Task Node_gives_the_classes_of_predict()
    {
        string modules = Path.Combine(Interop, "node_modules");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules, "onnxruntime-node")) && Directory.Exists(Path.Combine(modules, "pngjs")),
            "tests/interop has no node_modules: .ci/run installs them."
        );
        await PrepareAsync();
        File.WriteAllText(bench["deploy.mjs"], Block("js"));
        Directory.CreateSymbolicLink(bench["node_modules"], modules);
        string said = await OutsideProgram.RunAsync(
            "node",
            [bench["deploy.mjs"], bench["n.onnx"], bench["street.png"], bench["classes.bin"]],
            bench.Path
        );
        AssertClasses(said);
    }

    /// <summary>Exports as the page says, and has <c>predict</c> look at a picture.</summary>
    private async Task PrepareAsync()
    {
        await bench.ExportAsync("--onnx", bench["n.onnx"], "--preprocess", "nhwc", "--full", "--argmax");
        bench.Picture("street.png", 64, 64);
        var (code, _, error) = await Shell.RunAsync(
            "predict",
            "--onnx",
            bench["n.onnx"],
            "--image",
            bench["street.png"],
            "--labels",
            "--out",
            bench["labels.png"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
    }

    private void AssertClasses(string said)
    {
        byte[] found = File.ReadAllBytes(bench["classes.bin"]);
        // Grey PNGs have the label's value in every channel; of the tiny set that is the class.
        byte[] wanted = [.. ImageFile.Read(bench["labels.png"]).Pixels.Where((_, i) => i % 3 == 0)];
        Assert.Equal(wanted.Length, found.Length);
        Assert.True(wanted.Distinct().Count() > 1);
        // Rounding may tip a pixel between two classes that are as likely.
        Assert.InRange(wanted.Zip(found).Count(pair => pair.First != pair.Second), 0, wanted.Length / 500);
        int most = found.CountBy(c => c).MaxBy(count => count.Value).Key;
        Assert.Equal(TinySearch.Data(bench.Options).Classes[most].Name, said.Trim());
    }

    private async Task BuildCsharpAsync()
    {
        Directory.CreateDirectory(bench["csharp"]);
        File.WriteAllText(bench["csharp/Program.cs"], Block("csharp"));
        string packages = string.Concat(
            new[] { "Microsoft.ML.OnnxRuntime", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies" }.Select(name =>
                $"""<PackageReference Include="{name}" Version="{VersionOf(name)}" />"""
            )
        );
        File.WriteAllText(
            bench["csharp/deploy.csproj"],
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>{packages}</ItemGroup>
            </Project>
            """
        );
        // They lie in the folder of packages since this build: nothing is fetched.
        File.WriteAllText(bench["csharp/nuget.config"], "<configuration><packageSources><clear /></packageSources></configuration>");
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        await OutsideProgram.RunAsync(dotnet, ["build", bench["csharp"], "-c", "Release", "-o", bench["csharp/built"]], bench["csharp"]);
    }

    private static string VersionOf(string package)
    {
        XDocument versions = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));
        string version = versions
            .Descendants("PackageVersion")
            .First(entry => (string?)entry.Attribute("Include") == package)
            .Attribute("Version")!
            .Value;
        return version == "$(OnnxRuntimeVersion)"
            ? versions.Descendants("OnnxRuntimeVersion").First(entry => entry.Attribute("Condition") is null).Value
            : version;
    }

    private static string Block(string language)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "deploy-network.md")).ReplaceLineEndings("\n");
        return Assert.Single(Regex.Matches(page, $"```{language}\n(.*?)\n```", RegexOptions.Singleline)).Groups[1].Value;
    }
}
