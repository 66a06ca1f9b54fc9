using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Tests.Deploying;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Data with as many classes as a run, which are others: no command puts right figures beside wrong names.</summary>
public sealed class KnownClassesTests : IDisposable
{
    private const string Evaluated = "eval-student-val.json";

    private readonly ExportedRun bench = new();

    private string[] Known => [.. TinySearch.Data(bench.Options).Classes.Select(one => one.Name)];

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("eval")]
    [InlineData("export")]
    [InlineData("predict")]
    [InlineData("report")]
    [InlineData("train")]
    public async Task Another_order_or_another_name_is_refused_and_the_first_that_differs_is_named(string command)
    {
        await bench.ExportAsync("--onnx", bench["n.onnx"]);
        File.WriteAllText(bench.Run.In(Evaluated), "before");
        string[] known = Known,
            swapped = [known[0], known[2], known[1], .. known[3..]],
            renamed = [.. known[..^1], "animal"];
        foreach (
            (string name, string[] classes, string what) in new[]
            {
                ("swapped", swapped, $"in another order (class 2 of {known.Length} is '{known[2]}' here, and '{known[1]}' there)"),
                ("renamed", renamed, $"(class {known.Length} of {known.Length} is 'animal' here, and '{known[^1]}' there)"),
                ("fewer", known[1..], $"has {known.Length - 1} classes, "),
            }
        )
        {
            Write(name, classes);
            var (code, _, error) = await RunAsync(command, name);
            Assert.True(code == ExitCodes.WrongUsage, $"{command}, {name}: {code}: {error}");
            Assert.Contains($"error: folder:{bench[name]} has ", error, StringComparison.Ordinal);
            Assert.Contains(what, error, StringComparison.Ordinal);
            Assert.DoesNotContain("set it to", error, StringComparison.Ordinal);
            Assert.Single(error.Trim().Split('\n'));
            Assert.Equal("before", File.ReadAllText(bench.Run.In(Evaluated)));
            Assert.False(
                File.Exists(bench["new.onnx"]) || File.Exists(bench["r.html"]) || File.Exists(Path.Combine(bench["seen"], "1.png"))
            );
        }
    }

    [Theory]
    [InlineData("eval")]
    [InlineData("export")]
    [InlineData("predict")]
    public async Task The_same_classes_in_other_colours_pass_and_a_run_that_keeps_none_takes_as_many(string command)
    {
        await bench.ExportAsync("--onnx", bench["n.onnx"]);
        Write("same", Known);
        var (code, _, error) = await RunAsync(command, "same");
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        if (command == "predict")
            return;

        File.Delete(bench.Run.Classes);
        Write("renamed", [.. Known[..^1], "animal"]);
        Assert.Equal(ExitCodes.Done, (await RunAsync(command, "renamed")).Code);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string command, string data)
    {
        string[] run = ["--run", bench.Run.Path],
            images = ["--data", "folder:" + bench[data]];
        return Shell.RunAsync(
            command switch
            {
                "eval" => ["eval", .. run, "--role", "student", .. images],
                "export" => ["export", .. run, "--role", "student", "--onnx", bench["new.onnx"], "--overwrite", .. images],
                "predict" => ["predict", "--onnx", bench["n.onnx"], "--split", "val", "--out", bench["seen"], "--overwrite", .. images],
                "report" => ["report", .. run, "--out", bench["r.html"], .. images],
                _ => ["train", .. run, "--role", "teacher", .. images],
            }
        );
    }

    private void Write(string name, string[] classes)
    {
        foreach (string place in new[] { "train/1", "val/1" })
        {
            string picture = bench[$"{name}/images/{place}.png"],
                mask = bench[$"{name}/masks/{place}.png"];
            Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
            Directory.CreateDirectory(Path.GetDirectoryName(mask)!);
            ImageFile.WritePng(picture, new RgbImage(64, 64));
            File.WriteAllBytes(mask, TestPng.OfGrey(64, 64, [.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i % classes.Length))]));
        }
        IEnumerable<string> entries = classes.Select((one, i) => $$"""{ "name": "{{one}}", "color": [{{i}}, 7, 9] }""");
        File.WriteAllText(bench[$"{name}/classes.json"], $$"""{ "classes": [ {{string.Join(", ", entries)}} ] }""");
    }
}
