using System.Diagnostics;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;

namespace FasterSeg.Bench.Searching;

/// <summary>The rate at which batches come against the rate at which steps take them.</summary>
internal static class InputBench
{
    /// <summary>Prints steps' worth of batches a second from the source alone, with one worker and with two, and those that a search
    /// consumes.</summary>
    public static int Run(FasterSegOptions options, string data, int steps)
    {
        var device = TorchDevice.Open("cpu", options.Threads);
        SegmentationDataset images = DatasetLocator.Open(data, options.Data);
        images.RequireClasses(options.Space);
        var phase = options.Searching;
        // Opened anew for each: a small set stays decoded in memory.
        double[] rates =
        [
            .. new[] { 1, 2 }.Select(workers =>
                SourceRate(
                    BatchPlan.From(
                        DatasetLocator.Open(data, options.Data).FittedTo(options).Split("train"),
                        options.Data,
                        phase,
                        options.Seed,
                        labelStride: 8
                    ),
                    workers,
                    steps
                )
            ),
        ];

        (phase.Epochs, phase.StepsPerEpoch, options.Pretrain.Epochs) = (1, steps, 0);
        phase.ValidationImages = 1;
        SearchSpace space = options.Space.ToSpace();
        var table = MadeUpTable.Of(space);
        string folder = Directory.CreateTempSubdirectory("fasterseg-input-").FullName;
        try
        {
            var watch = new Stopwatch();
            using var search = new SupernetSearch(
                options,
                images,
                table,
                TargetBand.Resolve(options.Searching.Target, space, table, options.Seed),
                RunFolder.Create(folder),
                device,
                new SearchHooks(
                    new SteppedReporter(
                        (_, step) =>
                        {
                            if (step == 1)
                                watch.Start();
                            else if (step == steps)
                                watch.Stop();
                        }
                    )
                )
            );
            search.Run(CancellationToken.None);
            double rate = (steps - 1) / watch.Elapsed.TotalSeconds;
            Console.WriteLine(
                FormattableString.Invariant(
                    $"a search takes {rate:F3} steps a second, two batches of {phase.Batch} each: {2 * rate:F3} batches a second"
                )
            );
            for (int i = 0; i < rates.Length; i++)
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{i + 1} worker(s) make {rates[i]:F3} batches a second: {rates[i] / (2 * rate):F1} times as many"
                    )
                );
            Console.WriteLine(
                FormattableString.Invariant($"in the search the steps waited {search.Waited.TotalMilliseconds:F1} ms for batches in all, ")
                    + FormattableString.Invariant($"{100 * search.Waited.TotalSeconds / watch.Elapsed.TotalSeconds:F2} % of its time")
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double SourceRate(BatchPlan plan, int workers, int batches)
    {
        using var source = new BatchSource(plan, workers: workers);
        source.Next();
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < batches; i++)
            source.Next();
        return batches / watch.Elapsed.TotalSeconds;
    }
}
