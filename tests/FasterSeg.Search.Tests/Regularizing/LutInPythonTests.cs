using System.Text.Json;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Regularizing;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Regularizing;

/// <summary>examples/python/lut.py against the program's own reading of the tables in luts/.</summary>
public sealed class LutInPythonTests : IDisposable
{
    private static readonly string Examples = Path.Combine(RepositoryRoot.Path, "examples", "python");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Tables { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(RepositoryRoot.Path, "luts"), "*.json")
            .Select(file => Path.GetFileName(file))
            .Where(name => !name.Contains("validation", StringComparison.Ordinal) && !name.Contains("schema", StringComparison.Ordinal))
            .Order(),
    ];

    [Theory, MemberData(nameof(Tables))]
    public async Task The_dictionary_has_the_tables_latencies(string name)
    {
        await OutsideProgram.RequirePythonAsync("json");
        await AssertDictionaryAsync(Path.Combine(RepositoryRoot.Path, "luts", name));
    }

    [Fact]
    public async Task A_correction_is_applied_as_the_program_does_it()
    {
        await OutsideProgram.RequirePythonAsync("json");
        LatencyTable table = LatencyTableJson
            .Load(Path.Combine(RepositoryRoot.Path, "luts", Tables.First()))
            .With(new LatencyCorrection(0.9, 0.3, 0.05, 0.002, 30, 0.02));
        LatencyTableJson.Save(table, folder["corrected.json"]);
        await AssertDictionaryAsync(folder["corrected.json"]);
    }

    [Theory]
    [InlineData(Role.Student)]
    [InlineData(Role.Teacher)]
    public async Task The_term_has_the_regularizers_value_and_gradients(Role role)
    {
        await OutsideProgram.RequirePythonAsync("torch", "numpy");
        string file = Path.Combine(RepositoryRoot.Path, "luts", "amd-epyc-cpu-1thread-camvid-small.json");
        LatencyTable table = LatencyTableJson.Load(file);
        SearchSpace space = table.Space!;
        var random = new SplitMix64(11);
        int kinds = SearchSpace.SearchedKinds.Count,
            ratios = space.WidthRatios.Count;
        double[][][] alpha = [.. Enumerable.Range(0, 3).Select(s => Rows(space.Layers - s, kinds))],
            beta = [.. Enumerable.Range(0, 3).Select(s => s == 0 ? [] : Rows(space.Layers - s - 1, 2))],
            widths = [.. Enumerable.Range(0, 3).Select(s => Rows(MapRows.Count(space, s), ratios))];
        File.WriteAllText(
            folder["point.json"],
            JsonSerializer.Serialize(
                new
                {
                    alpha,
                    beta,
                    widths,
                }
            )
        );
        string said = await OutsideProgram.RunAsync(
            OutsideProgram.Python,
            [
                "-c",
                "import sys, json, torch; sys.path.insert(0, sys.argv[1]); import lut\n"
                    + "ms, document = lut.read(sys.argv[2]); point = json.load(open(sys.argv[3]))\n"
                    + "make = lambda rows: torch.tensor(rows, dtype=torch.float64, requires_grad=True)\n"
                    + "a, b, w = ([make(rows) for rows in point[k]] for k in ('alpha', 'beta', 'widths'))\n"
                    + "value = lut.ExpectedLatency(ms, document['space'], sys.argv[4])(a, b, w); value.backward()\n"
                    + "print(json.dumps([[value.item()]] + [x.grad.flatten().tolist() for x in a + b[1:] + w]))",
                Examples,
                file,
                folder["point.json"],
                role.Name(),
            ],
            folder.Path
        );
        double[][] found = JsonSerializer.Deserialize<double[][]>(said)!;

        Tensor[] a = [.. alpha.Select(Leaf)],
            b = [.. beta.Skip(1).Select(Leaf)],
            w = [.. widths.Select(Leaf)];
        Tensor value = new LatencyRegularizer(table, space, role).Of(new RelaxedArchitecture(a, [null, .. b]), w).Sum;
        value.backward();
        double[][] wanted =
        [
            [value.item<double>()],
            .. a.Concat(b).Concat(w).Select(leaf => leaf.grad!.data<double>().ToArray()),
        ];
        Assert.Equal(wanted.Length, found.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i].Length, found[i].Length);
            Assert.All(wanted[i].Zip(found[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * (1 + Math.Abs(pair.First))));
        }
        Assert.True(wanted[0][0] > 0);

        double[][] Rows(int count, int length) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(_ =>
                    {
                        double[] row = [.. Enumerable.Range(0, length).Select(_ => 0.1 + ((random.Next() >> 11) * (1.0 / (1UL << 53))))];
                        return row.Select(value => value / row.Sum()).ToArray();
                    }),
            ];

        static Tensor Leaf(double[][] rows) =>
            tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length], requires_grad: true);
    }

    private async Task AssertDictionaryAsync(string file)
    {
        string said = await OutsideProgram.RunAsync(
            OutsideProgram.Python,
            [
                "-c",
                "import sys, json; sys.path.insert(0, sys.argv[1]); import lut; print(json.dumps(lut.read(sys.argv[2])[0]))",
                Examples,
                file,
            ],
            folder.Path
        );
        var found = JsonSerializer.Deserialize<Dictionary<string, double>>(said)!;
        LatencyTable table = LatencyTableJson.Load(file);
        LatencyEntry[] usable = [.. table.Entries.Where(entry => entry.Failure is null)];
        Assert.Equal(usable.Length, found.Count);
        Assert.All(usable, entry =>
        {
            double wanted = table[entry.Spec];
            Assert.Equal(wanted, found[entry.Spec.ToString()], 1e-12 * (1 + wanted));
        });
    }
}
