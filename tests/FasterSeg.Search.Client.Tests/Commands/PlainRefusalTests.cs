using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Tests.Deploying;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Sentences that a fresh user met: each says what is wrong with what was named, and nothing that the command cannot do.</summary>
public sealed class PlainRefusalTests : IDisposable
{
    private readonly ExportedRun bench = new();

    public PlainRefusalTests()
    {
        ConfigurationLoader.Save(bench.Options, bench["my.json"]);
        ImageFile.WritePng(bench["pic.png"], new RgbImage(64, 64));
        Directory.CreateDirectory(bench["mine/images/train"]);
        Directory.CreateDirectory(bench["mine/masks/train"]);
        Directory.CreateDirectory(bench["half/images/train"]);
        File.WriteAllText(
            bench["half/classes.json"],
            """{ "classes": [ { "name": "a", "color": [0, 0, 1] }, { "name": "b" , "color": [0, 0, 2] } ] }"""
        );
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(2, "holds no sweep", "sweep run @nosweep")]
    [InlineData(2, "which does not exist", "data check --data folder:@half")]
    [InlineData(2, "no shared weights", "derive --run @run --data synthetic --out @new")]
    [InlineData(2, "in the images and labels of", "search --config @my.json --data synthetic --lut @run/table.json --out @mine/masks/new")]
    [InlineData(2, "is a PNG picture, and an ONNX network was expected", "measure --onnx @pic.png")]
    [InlineData(
        2,
        "The configuration of the command line is wrong: space: The network's height 100",
        "search --config @my.json --set space:height=100 --data synthetic --lut @run/table.json --out @new"
    )]
    [InlineData(
        2,
        "The configuration of the command line is wrong: Unknown key 'training:epoch' in --set",
        "train --run @run --role student --data synthetic --resume --set training:epoch=7"
    )]
    [InlineData(1, "holds a run already: name another folder.", "random --like @run --out @run")]
    [InlineData(1, "my.json is no latency table: name one that", "lut show @my.json")]
    [InlineData(1, "student.json is no latency table: name one that", "lut show @run/student.json")]
    [InlineData(2, "run' is a folder: name a derived network in it, such as its student.json", "lut show @run/table.json --network @run")]
    public async Task A_wrong_command_line_has_its_own_sentence_and_code(int code, string sentence, string line)
    {
        var (found, _, error) = await RunAsync(line);
        Assert.True(found == code, $"{found}: {error}");
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", error, StringComparison.Ordinal);
        Assert.False(Path.Exists(bench["new"]));
    }

    /// <summary>As configurations are shipped.</summary>
    [Fact]
    public async Task A_configuration_with_comments_is_no_broken_table()
    {
        File.WriteAllText(bench["with.json"], "{\n  // A configuration.\n  \"seed\": 1,\n}\n");
        var (code, _, error) = await RunAsync("lut show @with.json");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("with.json is no latency table: name one that", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval --run @run --role student --data synthetic")]
    [InlineData("export --run @run --role student --onnx @n.onnx")]
    public async Task A_damaged_checkpoint_is_to_be_restored_where_nothing_is_resumed(string line)
    {
        string path = bench.Run.TrainingCheckpoint(Role.Student).Path;
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        var (code, _, error) = await RunAsync(line);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("restore it, or move it away and train the network anew.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1x3x100x100", "--shape image=1x3x128x128")]
    [InlineData("1x3x32x96", "--shape image=1x3x64x96")]
    public async Task Sides_that_an_open_file_does_not_take_are_told_before_it_is_measured(string sides, string instead)
    {
        await bench.ExportAsync("--onnx", bench["dyn.onnx"], "--dynamic", "size");
        var (code, _, error) = await RunAsync($"measure --onnx @dyn.onnx --shape image={sides}");
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("multiples of 32 from 64 to 16384, such as " + instead, error, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string line) =>
        Shell.RunAsync([
            .. line.Split(' ').Select(word => word.Replace("@", bench.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal)),
        ]);
}
