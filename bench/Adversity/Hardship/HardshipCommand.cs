using System.Globalization;
using FasterSeg.Bench.Adversity.Load;
using FasterSeg.Bench.Adversity.Readers;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.Hardship;

/// <summary>For each seed a table in quiet, one beside all that can befall a profiler, and one in quiet again: has the second a hole, is an
/// entry of it off that nobody flagged, and does it tell what it went through?</summary>
internal static class HardshipCommand
{
    private static readonly string[] Facts =
    [
        "interrupted_from_outside",
        "went_on_after_an_end",
        "paused_for_the_store",
        "waited_for_quiet",
    ];

    /// <summary>Runs it and prints what came of it.</summary>
    /// <returns>0 where no table has a hole or an unflagged entry that is off by more than 10 %, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserErrorException("Stopping needs Linux.");
        int seeds = arguments.Integer("seeds", 3, 1),
            first = arguments.Integer("first", 1, 0);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);
        var report = new List<string>();
        bool isSound = true;
        for (int seed = first; seed < first + seeds; seed++)
        {
            string of = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
            await using TroubledService service = await TroubledService.StartAsync(of, seed, interrupted);
            BuiltTable quiet = await BuildAsync(service, of, "quiet");
            Say(seed, $"quiet: {quiet.Line}{UnflaggedEntries.Loaded(quiet.Table)}");

            await service.RestartAsync(interrupted);
            Task<BuiltTable> building = BuildAsync(service, of, "hardship");
            string befell = await service.TroubleAsync(building, interrupted);
            BuiltTable built = await building;
            Say(seed, $"befell it: {befell}");
            Say(seed, $"hardship: {built.Line}{UnflaggedEntries.Loaded(built.Table)}");
            Say(seed, $"it tells: {string.Join(", ", Facts.Select(fact => Told(built.Table, fact)))}");
            Say(seed, UnflaggedEntries.Compare(quiet.Table, built.Table));

            BuiltTable again = await BuildAsync(service, of, "quiet-again");
            Say(seed, $"quiet again: {again.Line}{UnflaggedEntries.Loaded(again.Table)}");
            Say(seed, $"quiet again: {UnflaggedEntries.Compare(quiet.Table, again.Table)}");
            isSound &=
                built.Table.Entries.All(entry => entry.Failure is null) && UnflaggedEntries.Off(quiet.Table, built.Table, more: 0.1) == 0;
        }
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), string.Join('\n', report) + "\n");
        return isSound ? 0 : 1;

        async Task<BuiltTable> BuildAsync(TroubledService service, string of, string name)
        {
            BuiltTable built = await service.BuildAsync(Request, interrupted);
            LatencyTableJson.Save(built.Table, Path.Combine(of, name + ".json"));
            return built;
        }

        void Say(int seed, string line)
        {
            report.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {line}"));
            Console.WriteLine(report[^1]);
        }
    }

    private static BuildTableRequest Request =>
        new()
        {
            Space = new SearchSpace(128, 256, 8, [0.5, 8.0 / 12], 4, 3, 0.5, 0.5, 0.5, 0.5).ToMessage(),
            Options = new MeasurementOptions { Threads = 1, Seed = 1 },
        };

    private static string Told(LatencyTable table, string fact) => $"{fact} {table.Environment.GetValueOrDefault(fact, "-")}";
}
