using System.CommandLine;
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
    [InlineData(
        "lut export t.json --format xml --out f",
        "error: 'xml' is not known to --format: it takes fasterseg, canonical or authors.\n'fasterseg lut"
    )]
    [InlineData("measure --onnx f --threads many", "'many'")]
    [InlineData("lut random t.json --out n --seed abc", "error: 'abc' is no whole number: --seed takes one.\n")]
    [InlineData("derive --front abc --out r", "error: 'abc' is no whole number: --front takes one.\n")]
    [InlineData("profile --config c --out t --budget abc", "'abc' is no number: --budget takes one, with a point, such as 0.5.\n")]
    [InlineData(
        "lut random t.json --out n --seed 99999999999",
        "'99999999999' is too far from 0: --seed takes a whole number from -2147483648 to 2147483647.\n"
    )]
    [InlineData("lut random t.json --out n --seed 1\n\u001b[31m", "'1\\n\\u001b[31m' is no whole number: --seed takes one.\n")]
    [InlineData("lut export t.json --out f --format x\n\t'y'", "'x\\n\\u0009'y'' is not known to --format: it takes fasterseg, canonical")]
    [InlineData("dev\u001b[2Jice", "error: 'dev\\u001b[2Jice' is not known to 'fasterseg'.\n")]
    [InlineData("lut", "command was not provided")]
    [InlineData("search --data synthetic --out r --measure-every often", "'often'")]
    [InlineData("config --json", "'--json' is not known to 'fasterseg config'.")]
    [InlineData("config --shema", "'--shema' is not known to 'fasterseg config'; did you mean '--schema'?")]
    [InlineData("compare run --jso", "'--jso' is not known to 'fasterseg compare'; did you mean '--json'?")]
    [InlineData("watch --rums runs", "'--rums' is not known to 'fasterseg watch'; did you mean '--runs'?")]
    [InlineData("lut show a b c", "error: 'b' is one word too many: 'fasterseg lut show' takes TABLE and options.")]
    [InlineData("lut diff a b c", "error: 'c' is one word too many: 'fasterseg lut diff' takes FIRST, SECOND and options.")]
    [InlineData("lut show --worst", "'--worst' is not known to 'fasterseg lut show'.")]
    [InlineData("fleet show --josn", "'--josn' is not known to 'fasterseg fleet show'; did you mean '--json'?")]
    [InlineData("report --run --ovrwrite --out r.html", "'--ovrwrite' is not known to 'fasterseg report'; did you mean '--overwrite'?")]
    public async Task Wrong_usage_is_told_and_ends_with_2(string line, string expected)
    {
        var (code, output, error) = await Shell.RunAsync(line.Split(' '));
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("--help' shows what there is.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_option_of_any_command_answers_a_wrong_word_with_a_type_of_dotnet()
    {
        using var console = new Spectre.Console.Testing.TestConsole();
        int asked = 0;
        foreach ((string[] path, Option option) in Options(CommandLine.Create(console), []))
        {
            var (_, _, error) = await Shell.RunAsync([.. path, option.Name, "x y"]);
            Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
            asked++;
        }
        Assert.InRange(asked, 15, int.MaxValue);

        static IEnumerable<(string[] Path, Option Option)> Options(Command command, string[] path) =>
            command
                .Options.Where(option => option.ValueType.IsValueType && option.ValueType != typeof(bool))
                .Select(option => (path, option))
                .Concat(command.Subcommands.SelectMany(below => Options(below, [.. path, below.Name])));
    }

    [Theory]
    [InlineData("--config c.json --measure-every -1", "--measure-every is -1: name a number of epochs.")]
    [InlineData(
        "--config {tiny} --profiler http://127.0.0.1:1 --measure-every 1000000000",
        "--measure-every is 1000000000, and the search has 10 epochs"
    )]
    [InlineData(
        "--config {tiny} --lut t.json --set searching:batch=4096 --set searching:cropHeight=16384 --set searching:cropWidth=16384",
        "searching:batch 4096 with crops of 16384x16384 takes at least 20480 GiB of memory"
    )]
    [InlineData(
        "--config c.json --lut t.json --measure-every 2",
        "--measure-every needs somebody who measures: name the target with --profiler."
    )]
    [InlineData("--resume --measure-every 2", "--measure-every needs somebody who measures: name the target with --profiler.")]
    [InlineData("--measure-every 2", "--config is missing: name a configuration, e.g. configs/camvid-small.json.")]
    public async Task A_search_says_what_its_options_need(string options, string expected)
    {
        options = options.Replace("{tiny}", Path.Combine(RepositoryRoot.Path, "configs", "camvid-tiny.json"), StringComparison.Ordinal);
        var (code, _, error) = await Shell.RunAsync(["search", "--data", "synthetic", "--out", "none", .. options.Split(' ')]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_two_dashes_every_word_is_an_argument_and_help_is_given_beside_a_slip()
    {
        var (code, _, error) = await Shell.RunAsync("config", "--", "--json");
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("No key has '--json' in its name", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync("config", "--json", "--help")).Code);
    }

    [Theory]
    [InlineData("trainin:epochs", "No key has 'trainin:epochs' in its name; did you mean 'training:epochs'?")]
    [InlineData("lerningRate", "did you mean 'pretrain:learningRate'?")]
    [InlineData("nonsense", "No key has 'nonsense' in its name. 'fasterseg config' alone lists all.")]
    public async Task A_key_that_there_is_not_is_guessed_where_one_is_near(string key, string expected)
    {
        var (code, _, error) = await Shell.RunAsync("config", key);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_keys_has_none_that_nobody_sets_and_says_how_an_editor_gets_them()
    {
        var (code, output, _) = await Shell.RunAsync("config");
        Assert.Equal(ExitCodes.Done, code);
        Assert.DoesNotContain("machine:", output, StringComparison.Ordinal);
        Assert.Contains("\n  fasterseg config --schema > config.schema.json\n", output, StringComparison.Ordinal);
        Assert.Contains("machine:processor", (await Shell.RunAsync("config", "machine:")).Output, StringComparison.Ordinal);
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
