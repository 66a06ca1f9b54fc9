using System.Text.RegularExpressions;
using FasterSeg.Latency.Tables;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>examples/python/profiler.py against a real profiler on this machine, with TLS and an access key.</summary>
public class PythonClientTests
{
    [Fact]
    public async Task A_client_in_python_has_a_table_built_and_a_network_measured_over_tls_with_a_key()
    {
        await PythonClient.RequireAsync();
        await using var bench = new Workbench();
        await PythonClient.WriteModulesAsync(bench.Folder);
        Certificates.Write(bench.Folder);
        (string url, string key) = await bench.StartKeyedProfilerAsync();
        var environment = new Dictionary<string, string> { ["PYTHONPATH"] = bench.Folder, ["FASTERSEG_PROFILER_CA"] = bench["ca.pem"] };

        var refused = await OutsideProgram.TryAsync(
            OutsideProgram.Python,
            [PythonClient.Example, url, "device"],
            bench.Folder,
            environment
        );
        Assert.Equal(1, refused.Code);
        Assert.Contains("UNAUTHENTICATED", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.Trim().Split('\n'));

        environment["FASTERSEG_PROFILER_KEY"] = key;
        Assert.Matches("ONNX Runtime [0-9.]+, [0-9]+ cores", await RunAsync("device"));

        File.WriteAllText(
            bench["space.json"],
            """
            { "height": 64, "width": 64, "fch": 4, "layers": 4, "classes": 3, "width_ratios": [0.5, 1], "teacher_stem_ratio": 1,
              "teacher_head_ratio": 1, "student_stem_ratio": 0.5, "student_head_ratio": 0.5,
              "options": { "relative_half_width": 0.5, "minimum_samples": 6, "maximum_seconds": 0.01, "sessions": 1 } }
            """
        );
        string built = await RunAsync("build", bench["space.json"], bench["table.json"]);
        Assert.Matches(new Regex(@"^[0-9]+ of [0-9]+  conv h8 w8 \S+ s1  [0-9.]+ ms$", RegexOptions.Multiline), built);
        LatencyTable table = LatencyTableJson.Load(bench["table.json"]);
        Assert.Equal(table.Space!.Operators(full: true).Count, table.Entries.Count);

        string id = Regex.Match(built, "table ([0-9a-f]+)$", RegexOptions.Multiline).Groups[1].Value;
        await RunAsync("table", id, bench["again.json"]);
        Assert.Equal(File.ReadAllBytes(bench["table.json"]), File.ReadAllBytes(bench["again.json"]));

        // An id that the profiler does not know costs no file, and a file is replaced only where that is said.
        File.WriteAllText(bench["mine.txt"], "mine");
        foreach (string[] words in new string[][] { ["0123456789ab", bench["mine.txt"], "--overwrite"], [id, bench["mine.txt"]] })
        {
            var lost = await OutsideProgram.TryAsync(
                OutsideProgram.Python,
                [PythonClient.Example, url, "table", .. words],
                bench.Folder,
                environment
            );
            Assert.Equal(1, lost.Code);
            Assert.Single(lost.Error.Trim().Split('\n'));
            Assert.Equal("mine", File.ReadAllText(bench["mine.txt"]));
        }
        await RunAsync("table", id, bench["mine.txt"], "--overwrite");
        Assert.Equal(File.ReadAllBytes(bench["table.json"]), File.ReadAllBytes(bench["mine.txt"]));

        Assert.Matches(@"^[0-9.]+ ms \(95 % [0-9.]+-[0-9.]+\) on \S", await RunAsync("measure", bench.WriteOnnx(), "0.2"));

        Task<string> RunAsync(params string[] arguments) =>
            OutsideProgram.RunAsync(OutsideProgram.Python, [PythonClient.Example, url, .. arguments], bench.Folder, environment);
    }
}
