using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>Tables of 400 operators that nobody measured, for tests of how they are kept.</summary>
internal static class MadeTables
{
    public static readonly SearchSpace Space = SearchSpace.Paper(256, 512);
    public static readonly TableIdentity Identity = new("cpu", "CPU-1", null, null, "cpu", "1.31.1", null, null, "fp32", 1, 1, "test");

    /// <summary>The table after so many refreshes of one operator.</summary>
    public static LatencyTable Version(int number) =>
        Version(number, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number));

    public static LatencyTable Version(int number, DateTimeOffset created, SearchSpace? space = null) =>
        new(
            Identity,
            space ?? Space,
            Enumerable.Range(1, 400).Select(i => Entry(i, i == number % 400 + 1 && number > 0 ? 0.6 + number : 0.5)),
            created,
            new Dictionary<string, string> { ["load_average"] = "0.1 0.2 0.3" }
        );

    public static Retention Retention(ProfilerDatabase database, RetentionPolicy policy, TimeProvider? time = null) =>
        new(
            database,
            new TableStore(database, NullLogger<TableStore>.Instance),
            new JobStore(database, time ?? TimeProvider.System, NullLogger<JobStore>.Instance),
            policy,
            time ?? TimeProvider.System,
            NullLogger<Retention>.Instance
        );

    private static LatencyEntry Entry(int i, double ms) =>
        new(new(OperatorKind.Conv, 32, 64, 8 * i, 48), EntryOrigin.Measured, ms, new(ms, 0, ms, ms, ms, ms, ms, ms, 15), BuildMs: 1.25);
}
