using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Readers;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.Load;

/// <summary>Tables built beside programs that copy memory from the first second to the last: how many of the entries that nobody flagged
/// are off?</summary>
internal static class LoadCommand
{
    private static readonly int[] Programs = [0, 1, 3];

    /// <summary>Runs it and prints what came of it.</summary>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);
        SearchSpace space = new(
            arguments.Integer("height", 64, 32),
            arguments.Integer("width", 64, 32),
            8,
            [0.5, 8.0 / 12],
            Layers: 4,
            Classes: 3,
            TeacherStemRatio: 0.5,
            TeacherHeadRatio: 0.5,
            StudentStemRatio: 0.5,
            StudentHeadRatio: 0.5
        );
        if (space.Validate() is [var fault, ..])
            throw new UsageException(fault);
        // The load never ends: there is nothing to wait for.
        var request = new BuildTableRequest
        {
            Space = space.ToMessage(),
            Options = new MeasurementOptions { Threads = 1, Seed = 1 },
            QuietSeconds = 0,
        };
        await using ServiceProcess service = await ServiceProcess.StartAsync(
            folder,
            core: null,
            interrupted,
            arguments.Optional("service")
        );
        var report = new List<string>();
        BuiltTable quiet = await BuildAsync("quiet", programs: 0);
        Say($"quiet: {quiet.Line}{UnflaggedEntries.Loaded(quiet.Table)}");
        foreach (int programs in Programs)
        {
            BuiltTable built = await BuildAsync(string.Create(CultureInfo.InvariantCulture, $"beside-{programs}"), programs);
            Say($"beside {programs}: {built.Line}{UnflaggedEntries.Loaded(built.Table)}");
            Say($"beside {programs}: {UnflaggedEntries.Compare(quiet.Table, built.Table)}");
        }
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), string.Join('\n', report) + "\n");
        return 0;

        async Task<BuiltTable> BuildAsync(string name, int programs)
        {
            Process[] load = [.. Enumerable.Range(0, programs).Select(_ => CopyCommand.Start())];
            try
            {
                BuiltTable built = await BuiltTable.BuildAsync(service.Address, request, interrupted);
                LatencyTableJson.Save(built.Table, Path.Combine(folder, name + ".json"));
                return built;
            }
            finally
            {
                foreach (Process program in load)
                {
                    program.Kill();
                    program.Dispose();
                }
            }
        }

        void Say(string line)
        {
            report.Add(line);
            Console.WriteLine(line);
        }
    }
}
