using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>What examples/python/profiler.py answers to bad input: one sentence, and every file as it was.</summary>
public sealed class PythonClientMistakesTests : IAsyncDisposable
{
    // Nobody answers there.
    private const string Nobody = "http://127.0.0.1:1";

    private readonly Workbench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Each_is_answered_in_a_sentence_and_no_file_is_lost()
    {
        await PythonClient.RequireAsync();
        await PythonClient.WriteModulesAsync(bench.Folder);
        File.WriteAllText(bench["mine.json"], "mine");
        File.WriteAllText(bench["space.json"], """{ "hight": 64 }""");
        File.WriteAllText(bench["list.json"], "[]");
        string[] before = Directory.GetFiles(bench.Folder);

        await RefusedAsync("mine.json is there already: name another file, or add --overwrite.", Nobody, "table", "0", "mine.json");
        await RefusedAsync("UNAVAILABLE", Nobody, "table", "0", "mine.json", "--overwrite");
        await RefusedAsync("UNAVAILABLE", Nobody, "table", "0", "new.json");
        await RefusedAsync("none/new.json cannot be written", Nobody, "table", "0", "none/new.json");
        await RefusedAsync("none.json cannot be read: No such file or directory.", Nobody, "build", "none.json", "new.json");
        await RefusedAsync("has no \"hight\" field. Put a JSON object", Nobody, "build", "space.json", "new.json");
        await RefusedAsync("list.json is not the \"space\" of a table", Nobody, "build", "list.json", "new.json");
        await RefusedAsync("'foo' is no number: SECONDS takes one, such as 0.5.", Nobody, "measure", "mine.json", "foo");
        await RefusedAsync("FASTERSEG_PROFILER_CA: none.pem cannot be read", "https://localhost:1", "device");
        await RefusedAsync("is no address of a profiler", "localhost:1", "device");

        Assert.Equal("mine", File.ReadAllText(bench["mine.json"]));
        Assert.Equal(before.Order(), Directory.GetFiles(bench.Folder).Order());
    }

    private async Task RefusedAsync(string sentence, params string[] words)
    {
        var environment = new Dictionary<string, string> { ["PYTHONPATH"] = bench.Folder, ["FASTERSEG_PROFILER_CA"] = "none.pem" };
        var (code, _, error) = await OutsideProgram.TryAsync(
            OutsideProgram.Python,
            [PythonClient.Example, .. words],
            bench.Folder,
            environment
        );
        Assert.Equal(1, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }
}
