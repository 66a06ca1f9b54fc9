using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Spectre.Console;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A search as <c>search</c> and <c>quickstart</c> run it: with its progress on the console, and a profiler beside it.</summary>
/// <param name="options">The configuration.</param>
/// <param name="data">The images.</param>
/// <param name="run">Where everything is kept.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="console">Where to print.</param>
public sealed class SearchWorkflow(FasterSegOptions options, SegmentationDataset data, RunFolder run, Device device, IAnsiConsole console)
{
    /// <summary>Go on from the run's checkpoint, where there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>Sends newer versions of the table; null where the table stays.</summary>
    public ProfilerConnection? Watched { get; init; }

    /// <summary>Measures the derived networks; null does not.</summary>
    public ProfilerConnection? Measurer { get; init; }

    /// <summary>The derived networks are measured after every so many epochs; 0 does not.</summary>
    public int MeasureEvery { get; init; }

    /// <summary>The student's band; null before <see cref="RunAsync(LatencyTable, CancellationToken)"/>.</summary>
    public LatencyTarget? Target { get; private set; }

    /// <summary>Searches, off the caller's thread.</summary>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    public Task<IReadOnlyList<RoleChoice>> RunAsync(LatencyTable table, CancellationToken cancellation)
    {
        LatencyTarget target = TargetBand.Resolve(options.Searching.Target, options.Space.ToSpace(), table, options.Seed);
        Target = target;
        console.WriteLine($"Target for the student: {target}.");
        if (TrustedLatencies.Of(table)?.Warning(target.MiddleMs) is { } far)
            console.WriteLine($"warning: {far}");
        foreach (
            string advice in options.Searching.Method == SearchMethod.Differentiable
                ? CropAdvice.Of(options, ("pretrain", options.Pretrain), ("searching", options.Searching))
            // Random networks have no supernet.
            : options.Searching.Method == SearchMethod.Random ? []
            : CropAdvice.Of(options, ("oneShot", options.OneShot))
        )
            console.WriteLine($"warning: {advice}");
        return ProgressDisplay.RunAsync(console, run, progress =>
            Task.Run(() => RunAsync(table, target, progress, cancellation), CancellationToken.None)
        );
    }

    private async Task<IReadOnlyList<RoleChoice>> RunAsync(
        LatencyTable table,
        LatencyTarget target,
        IProgressReporter progress,
        CancellationToken cancellation
    )
    {
        await using TableWatcher? watcher = Watched is null
            ? null
            : new(Watched, table, options.Space.ToSpace(), options.Measuring, progress.Say);
        var hooks = new SearchHooks(progress)
        {
            NewerTable = watcher is null ? null : watcher.Take,
            Measurement =
                Measurer is null || MeasureEvery == 0
                    ? null
                    : new DerivedMeasurement(MeasureEvery, network => Measure(network, Measurer, cancellation)),
            Pictures = new NetworkPictures(),
        };
        using ISearch search = options.Searching.Method switch
        {
            SearchMethod.Differentiable => new SupernetSearch(options, data, table, target, run, device, hooks),
            SearchMethod.Oneshot => new OneShotSearch(options, data, table, target, run, device, hooks),
            SearchMethod.Random => new RandomSearch(options, data, table, target, run, device, hooks),
            _ => throw new InvalidOperationException($"There is no search method {options.Searching.Method}."),
        };
        if (Resume && run.SearchCheckpoint.Exists)
            search.Resume();
        if (Resume && File.Exists(run.SearchResult) && search.IsTrained)
            progress.Say($"The search in {run.Path} has come to its end before: only the choice between its networks is made once more.");
        return search.Run(cancellation);
    }

    /// <summary>The search waits for it.</summary>
    private ModelMeasurement Measure(DerivedNetwork network, ProfilerConnection measurer, CancellationToken cancellation) =>
        NetworkLatency
            .MeasureAsync(
                network,
                NetworkPlan.Of(network.Architecture, options.Space.Height, options.Space.Width),
                options.Measuring,
                measurer,
                cancellation
            )
            .GetAwaiter()
            .GetResult();
}
