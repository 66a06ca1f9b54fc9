using FasterSeg.Search.Client.Commands;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("devic", "'devic' is not known to 'fasterseg'; did you mean 'device'?")]
    [InlineData("device --profilr http://x", "'--profilr' is not known to 'fasterseg device'; did you mean '--profiler'?")]
    [InlineData("xyz", "'xyz' is not known to 'fasterseg'.")]
    [InlineData("lut shw t.json", "'shw' is not known to 'fasterseg lut'; did you mean 'show'?")]
    [InlineData("profile --out t.json", "Option '--config' is required.")]
    [InlineData("lut export t.json --format xml --out f", "'xml'")]
    [InlineData("measure --onnx f --threads many", "'many'")]
    [InlineData("lut", "command was not provided")]
    [InlineData("search --data synthetic --out r --measure-every often", "'often'")]
    public async Task Wrong_usage_is_told_and_ends_with_2(string line, string expected)
    {
        var (code, output, error) = await Shell.RunAsync(line.Split(' '));
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("--help' shows what there is.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config c.json --measure-every -1", "--measure-every is -1: name a number of epochs.")]
    [InlineData(
        "--config c.json --lut t.json --measure-every 2",
        "--measure-every needs somebody who measures: name the target with --profiler."
    )]
    [InlineData("--resume --measure-every 2", "--measure-every needs somebody who measures: name the target with --profiler.")]
    [InlineData("--measure-every 2", "--config is missing: name a configuration, e.g. configs/camvid-small.json.")]
    public async Task A_search_says_what_its_options_need(string options, string expected)
    {
        var (code, _, error) = await Shell.RunAsync(["search", "--data", "synthetic", "--out", "none", .. options.Split(' ')]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_asked_shows_the_help_and_ends_with_2()
    {
        var (code, output, _) = await Shell.RunAsync();
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("Exit codes: 0 done", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("device --help")]
    [InlineData("profile --help")]
    [InlineData("lut --help")]
    [InlineData("lut show --help")]
    [InlineData("lut diff --help")]
    [InlineData("lut import --help")]
    [InlineData("lut export --help")]
    [InlineData("measure --help")]
    [InlineData("derive --help")]
    [InlineData("compare --help")]
    [InlineData("fleet devices --help")]
    [InlineData("fleet drain --help")]
    public async Task Help_describes_every_option(string line)
    {
        var (code, output, error) = await Shell.RunAsync(line.Split(' '));
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        string[] options = [.. output.Split('\n').Where(text => text.TrimStart().StartsWith('-'))];
        Assert.NotEmpty(options);
        // A name, two spaces or more, a description.
        Assert.All(options, option => Assert.Matches(@"\S {2,}\S", option.Trim()));
    }
}
