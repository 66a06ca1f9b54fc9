using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Validating;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The steps that <c>search</c> and <c>quickstart</c> have in common.</summary>
public static class SearchWorkflow
{
    /// <summary>Refuses images whose classes are not those of the space.</summary>
    public static void CheckClasses(FasterSegOptions options, SegmentationDataset data)
    {
        if (data.Classes.Count != options.Space.Classes)
            throw new UsageException(
                $"{data.Name} has {data.Classes.Count} classes, but space:classes is "
                    + $"{options.Space.Classes}: set it to {data.Classes.Count}."
            );
    }

    /// <summary>The profiler that is named, or else this machine's where there is no table yet; null where there is.</summary>
    public static async Task<ProfilerConnection?> ProfilerAsync(
        string? address,
        bool hasTable,
        IAnsiConsole console,
        CancellationToken cancellation
    ) => address is null && hasTable ? null : await Profilers.OpenAsync(address, cancellation, say: console.WriteLine);

    /// <summary>The table to work on: a run's own, else a file's, else one that the profiler measures now.</summary>
    public static async Task<LatencyTable> TableAsync(
        RunFolder? run,
        string? lut,
        ProfilerConnection? profiler,
        FasterSegOptions options,
        IAnsiConsole console,
        CancellationToken cancellation
    ) =>
        run is not null ? LatencyTableJson.Load(run.Table)
        : lut is not null ? LatencyTableImport.Load(lut)
        : await BuildTableAsync(profiler!, options, console, cancellation);

    /// <summary>Has the profiler measure every operator of the space, and shows the table's size and spread.</summary>
    public static async Task<LatencyTable> BuildTableAsync(
        ProfilerConnection profiler,
        FasterSegOptions options,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        SearchSpace space = options.Space.ToSpace();
        FactList.Write(console, ("device", profiler.Device.Name), ("space", space.ToString()));
        LatencyTable table = await ProgressDisplay.RunAsync(console, progress =>
            profiler.BuildTableAsync(space, options.Measuring, options.Seed, ProfileProgress.Show(progress), cancellation)
        );
        LatencyTableReport.WriteSummary(console, table);
        return table;
    }

    /// <summary>Searches, off the caller's thread.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">The images.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="run">Where everything is kept.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="resume">Go on from the run's checkpoint.</param>
    /// <param name="profiler">Measures derived networks; null does not.</param>
    /// <param name="live">Newer versions of the table are taken over from the profiler.</param>
    /// <param name="measureEvery">The derived networks are measured after every so many epochs; 0 does not.</param>
    /// <param name="console">Where to print.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    public static Task<IReadOnlyList<RoleChoice>> SearchAsync(
        FasterSegOptions options,
        SegmentationDataset data,
        LatencyTable table,
        RunFolder run,
        Device device,
        bool resume,
        ProfilerConnection? profiler,
        bool live,
        int measureEvery,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        LatencyTarget target = TargetBand.Resolve(options.Searching.Target, options.Space.ToSpace(), table, options.Seed);
        console.WriteLine($"Target for the student: {target}.");
        return ProgressDisplay.RunAsync(console, progress => Task.Run(
                async () =>
                {
                    await using TableWatcher? watcher =
                        profiler is null || !live ? null : new(profiler, table, options.Space.ToSpace(), options.Measuring, progress.Say);
                    using var search = new SupernetSearch(
                        options,
                        data,
                        table,
                        target,
                        run,
                        device,
                        progress,
                        watcher is null ? null : watcher.Take,
                        profiler is null || measureEvery == 0
                            ? null
                            : new DerivedMeasurement(measureEvery, network =>
                                MeasureAsync(
                                        network,
                                        NetworkPlan.Of(network.Architecture, options.Space.Height, options.Space.Width),
                                        options.Measuring,
                                        profiler,
                                        cancellation
                                    )
                                    .GetAwaiter()
                                    .GetResult()
                            ),
                        new NetworkPictures()
                    );
                    if (resume && run.SearchCheckpoint.Exists)
                        search.Resume();
                    return search.Run(cancellation);
                },
                CancellationToken.None
            ));
    }

    /// <summary>
    /// Prints a network layer by layer with each part's share of the estimate and, where a profiler is at hand, the latency of the
    /// exported network beside it; the run keeps the two.
    /// </summary>
    /// <param name="network">The network, trained or not: weights do not change its latency.</param>
    /// <param name="options">Its input size, and how to measure.</param>
    /// <param name="table">Latencies of its parts.</param>
    /// <param name="run">Keeps estimate and measurement.</param>
    /// <param name="profiler">Measures it whole; null measures nothing.</param>
    /// <param name="console">Where to print.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public static async Task ShowAsync(
        DerivedNetwork network,
        FasterSegOptions options,
        LatencyTable table,
        RunFolder run,
        ProfilerConnection? profiler,
        IAnsiConsole console,
        CancellationToken cancellation
    )
    {
        NetworkPlan plan = NetworkPlan.Of(network.Architecture, options.Space.Height, options.Space.Width);
        NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
        NetworkReport.Write(console, plan, estimate);
        if (profiler is null)
            return;

        string name = RunFolder.Name(network.Architecture.Role);
        ModelMeasurement measured = await MeasureAsync(network, plan, options.Measuring, profiler, cancellation);
        MeasuredNetwork both = MeasuredNetwork.Of(plan, estimate, table, measured);
        both.Save(run);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: estimate {estimate.TotalMs:F3} ms, measured {measured.MedianMs:F3} ms (95 % "
                    + $"{measured.Spread.ConfidenceLowMs:F3}-{measured.Spread.ConfidenceHighMs:F3}), error "
                    + $"{100 * both.Error:+0.0;-0.0} %, {measured.FramesPerSecond:F1} frames/s{(measured.Noisy ? ", noisy" : "")}"
            )
        );
        if (both.Difference is { } difference)
        {
            console.WriteLine($"The two are not comparable: {difference} (table, then measurement).");
            return;
        }
        // One measurement beside an estimate says little where the device is faster or slower than it was for the table.
        if (await TableDrift.LookAsync(table, options.Seed, options.Measuring, profiler, done: 1, cancellation) is not { } drift)
            return;
        both = both with { Drift = drift.Ratio };
        both.Save(run);
        console.WriteLine(
            FormattableString.Invariant($"{drift} With this drift taken out, the error is {100 * both.ErrorWithoutDrift:+0.0;-0.0} %.")
        );
    }

    /// <summary>Has a network measured whole, at the batch that the configuration asks for.</summary>
    /// <param name="network">The network, trained or not: weights do not change its latency.</param>
    /// <param name="plan">Its plan at the size to measure.</param>
    /// <param name="measuring">How.</param>
    /// <param name="profiler">By whom.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public static Task<ModelMeasurement> MeasureAsync(
        DerivedNetwork network,
        NetworkPlan plan,
        MeasuringOptions measuring,
        ProfilerConnection profiler,
        CancellationToken cancellation
    ) =>
        profiler.MeasureModelAsync(
            NetworkExporter.ToBytes(network, plan, Math.Max(1, measuring.BatchSize)),
            RunFolder.Name(network.Architecture.Role),
            measuring,
            cancellation
        );
}
