using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Bad input ends with one clear sentence and the right exit code.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData("device")]
    [InlineData("profile")]
    [InlineData("measure")]
    public async Task No_profiler_at_the_address_ends_with_3(string command)
    {
        await using var bench = new Workbench();
        string url = $"http://127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}";
        string[] rest = command switch
        {
            "profile" => ["--config", bench.WriteConfiguration(), "--out", bench["t.json"]],
            "measure" => ["--onnx", bench.WriteOnnx()],
            _ => [],
        };
        var ended = await bench.RunClientAsync([command, "--profiler", url, .. rest]);
        AssertSentence(ended, 3, $"error: No profiler answers at {url}: start one with");
    }

    [Fact]
    public async Task A_size_that_is_no_multiple_of_32_ends_with_2()
    {
        await using var bench = new Workbench();
        var ended = await bench.RunClientAsync(
            "profile",
            "--config",
            bench.WriteConfiguration(),
            "--set",
            "space:height=100",
            "--out",
            bench["t.json"]
        );
        AssertSentence(ended, 2, "The network's height 100 is not a multiple of 32");
    }

    [Fact]
    public async Task An_unknown_configuration_key_ends_with_2_and_suggests_the_nearest()
    {
        await using var bench = new Workbench();
        File.WriteAllText(bench["c.json"], """{ "space": { "heigth": 64 } }""");
        var ended = await bench.RunClientAsync("profile", "--config", bench["c.json"], "--out", bench["t.json"]);
        AssertSentence(ended, 2, $"Unknown key 'space:heigth' in {bench["c.json"]}; did you mean 'space:height'?");
    }

    [Fact]
    public async Task A_provider_that_is_missing_ends_with_2_and_names_it()
    {
        await using var bench = new Workbench();
        var ended = await bench.RunClientAsync("measure", "--onnx", bench.WriteOnnx(), "--provider", "tensorrt");
        AssertSentence(ended, 2, "'tensorrt' is missing here");
    }

    [Fact]
    public async Task A_table_with_an_edited_number_ends_with_1()
    {
        await using var bench = new Workbench();
        string table = bench.WriteTable(bench.WriteConfiguration());
        Assert.Equal(0, (await bench.RunClientAsync("lut", "show", table)).Code);
        // The first digit after a point, made another digit.
        string edited = new Regex(@"(?<=\d\.)[0-9]").Replace(File.ReadAllText(table), digit => digit.Value == "1" ? "2" : "1", 1);
        File.WriteAllText(table, edited);
        AssertSentence(await bench.RunClientAsync("lut", "show", table), 1, $"error: {table}: ");
    }

    [Fact]
    public async Task A_truncated_ONNX_file_ends_with_1()
    {
        await using var bench = new Workbench();
        string onnx = bench.WriteOnnx();
        byte[] whole = File.ReadAllBytes(onnx);
        File.WriteAllBytes(onnx, whole[..(whole.Length / 2)]);
        AssertSentence(
            await bench.RunClientAsync("measure", "--onnx", onnx),
            1,
            $"error: {onnx}: The {whole.Length / 2} bytes are no whole ONNX file"
        );
    }

    [Fact]
    public async Task An_unknown_command_ends_with_2()
    {
        await using var bench = new Workbench();
        var (code, _, error) = await bench.RunClientAsync("mesure");
        Assert.Equal(2, code);
        Assert.StartsWith("error: 'mesure' is not known to 'fasterseg'; did you mean 'measure'?", error, StringComparison.Ordinal);
    }

    private static void AssertSentence((int Code, string Output, string Error) ended, int code, string sentence)
    {
        Assert.Contains(sentence, ended.Error, StringComparison.Ordinal);
        Assert.Equal(code, ended.Code);
        Assert.Single(ended.Error.Trim().Split('\n'));
    }
}
