using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Sweeps whose commands take a second or two, and what must be the same of two of them.</summary>
internal static partial class SmallSweep
{
    /// <summary>Settings of one name whose networks are drawn at random: chains without a search.</summary>
    public const string Drawn = """ "settings": { "drawn": ["searching:method=random"] } """;

    // The folder of a run has more: pictures, TensorBoard's events and progress, which say when they were written.
    private static readonly string[] Results =
    [
        "config.json",
        "search.json",
        "parameters.json",
        "student.json",
        "teacher.json",
        "scalars.csv",
        "teacher.checkpoint",
        "student.checkpoint",
        "eval-student-val.json",
        "student.onnx",
    ];

    /// <summary>Writes what a sweep is, with a configuration whose commands take a second or two.</summary>
    public static string Write(Workbench bench, string more, string table = """ "lut": "t.json" """)
    {
        string configuration = bench.WriteSearchConfiguration();
        bench.WriteTable(configuration);
        File.WriteAllText(
            configuration,
            File.ReadAllText(configuration)
                .Replace("\"pretrain\": { \"epochs\": 1", "\"pretrain\": { \"epochs\": 0", StringComparison.Ordinal)
                .Replace(
                    "\"searching\": { \"epochs\": 2",
                    "\"searching\": { \"epochs\": 1, \"validationImages\": 1, \"checkpointSteps\": 1, \"target\": \"0.00001-1000 ms\"",
                    StringComparison.Ordinal
                )
                .Replace(
                    "\"training\": { \"epochs\": 2",
                    "\"training\": { \"epochs\": 2, \"validations\": 1, \"checkpointSteps\": 1",
                    StringComparison.Ordinal
                )
        );
        File.WriteAllText(bench["s.json"], $$"""{ "configs": ["search.json"], "data": "synthetic", {{table}}, {{more}} }""");
        return bench["s.json"];
    }

    /// <summary>The chains of a sweep that have a run, by name.</summary>
    public static IEnumerable<string> Chains(string sweep) =>
        Directory.EnumerateDirectories(Path.Combine(sweep, "runs")).Select(path => Path.GetFileName(path));

    /// <summary>Passes a sweep whose results are the bytes of another one's, and of which no stage was run again that was done.</summary>
    /// <returns>How many files were compared.</returns>
    public static int AssertSame(string whole, string other) => Chains(whole).Sum(chain => AssertSame(whole, other, chain));

    /// <summary>The same of one chain.</summary>
    public static int AssertSame(string whole, string other, string chain)
    {
        string from = Path.Combine(whole, "runs", chain),
            to = Path.Combine(other, "runs", chain);
        string[] files = [.. Results.Where(file => File.Exists(Path.Combine(from, file)))];
        foreach (string file in files)
            Assert.True(
                File.ReadAllBytes(Path.Combine(from, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(to, file))),
                $"{chain}/{file} differs"
            );
        Assert.Empty(RunAgain(File.ReadLines(Path.Combine(other, "logs", chain + ".txt"))));
        return files.Length;
    }

    /// <summary>Whether a stage was begun, by the chain's file.</summary>
    public static bool IsBegun(string sweep, string chain, string stage) =>
        State(sweep, chain).Contains($"\"{stage}\": {{", StringComparison.Ordinal);

    /// <summary>Whether a stage has ended well, by the chain's file.</summary>
    public static bool IsDone(string sweep, string chain, string stage) =>
        Stages(sweep, chain).TryGetValue(stage, out JsonElement last) && last.GetProperty("done").GetBoolean();

    /// <summary>How many chains have ended a stage well, by their own files.</summary>
    public static int Done(string sweep, string stage) =>
        Path.Combine(sweep, "chains") is var chains && Directory.Exists(chains)
            ? Directory.GetFiles(chains, "*.json").Count(state => IsDone(sweep, Path.GetFileNameWithoutExtension(state), stage))
            : 0;

    /// <summary>The stages of a chain that were begun, by the chain's file; nothing before it is begun.</summary>
    public static Dictionary<string, JsonElement> Stages(string sweep, string chain)
    {
        string state = State(sweep, chain);
        if (state.Length == 0)
            return [];
        using JsonDocument read = JsonDocument.Parse(state);
        return read.RootElement.GetProperty("stages").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.Clone());
    }

    /// <summary>What a sweep has noted of a chain; nothing before it is begun.</summary>
    public static string State(string sweep, string chain)
    {
        string path = Path.Combine(sweep, "chains", chain + ".json");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>Commands of a chain that were begun after they had ended well.</summary>
    private static IEnumerable<string> RunAgain(IEnumerable<string> log)
    {
        var done = new HashSet<string>();
        foreach (string line in log)
        {
            if (Ended().Match(line) is { Success: true } end)
                done.Add(end.Groups[1].Value);
            if (Begun().Match(line) is not { Success: true } begun)
                continue;
            string verb = begun.Groups[1].Value,
                stage = verb == "train" ? begun.Groups[2].Value : verb;
            if (done.Contains(stage))
                yield return line;
        }
    }

    [GeneratedRegex("^(search|teacher|student|eval|export) ended with code 0$")]
    private static partial Regex Ended();

    [GeneratedRegex(@"^\$ fasterseg (\w+).*?(?:--role (\w+)|$)")]
    private static partial Regex Begun();
}
