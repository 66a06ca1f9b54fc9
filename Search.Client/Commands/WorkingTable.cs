using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>Where a command has its latency table from, and who measures for it.</summary>
public static class WorkingTable
{
    /// <summary>The profiler that is named, or else this machine's where there is no table yet; null where there is.</summary>
    public static async Task<ProfilerConnection?> OpenProfilerAsync(
        ProfilerAddress? address,
        bool hasTable,
        IAnsiConsole console,
        CancellationToken cancellation
    ) => address is null && hasTable ? null : await Profilers.OpenAsync(address, cancellation, say: console.WriteLine);

    /// <summary>The table to work on: a run's own, else a file's, else one that the profiler measures now.</summary>
    public static async Task<LatencyTable> GetAsync(
        RunFolder? run,
        string? lut,
        ProfilerConnection? profiler,
        FasterSegOptions options,
        IAnsiConsole console,
        CancellationToken cancellation
    ) =>
        run is not null ? RunFile.Table(run)
        : lut is not null ? Load(lut, console)
        : await MeasureAsync(profiler!, options, console, cancellation);

    private static LatencyTable Load(string lut, IAnsiConsole console)
    {
        LatencyTable table = LatencyTableImport.Load(lut);
        LatencyTableReport.WriteWarnings(console, table);
        return table;
    }

    /// <summary>Has the profiler measure every operator of the space, and shows the table's size and spread.</summary>
    public static async Task<LatencyTable> MeasureAsync(
        ProfilerConnection profiler,
        FasterSegOptions options,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        SearchSpace space = options.Space.ToSpace();
        FactList.Write(console, ("device", profiler.Device.Name), ("space", space.ToString()));
        LatencyTable table = await ProgressDisplay.RunAsync(console, progress =>
            profiler.BuildTableAsync(
                space,
                options.Measuring,
                options.Seed,
                ProfileProgress.Show(progress),
                cancellationToken: cancellation
            )
        );
        LatencyTableReport.WriteSummary(console, table);
        return table;
    }
}
