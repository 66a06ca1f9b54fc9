using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using TorchSharp;

namespace FasterSeg.Bench.Searching;

/// <summary>Watches a real search: what stays alive after each step.</summary>
internal static class FlatBench
{
    /// <summary>Prints live tensors, resident memory and managed heap through pretraining and search.</summary>
    public static int Run(FasterSegOptions options, string data, int steps)
    {
        var device = TorchDevice.Open("cpu", options.Threads);
        foreach (PhaseOptions phase in new[] { options.Pretrain, options.Searching })
            (phase.Epochs, phase.StepsPerEpoch) = (2, (steps + 1) / 2);
        options.Searching.ValidationImages = 1;
        SegmentationDataset images = DatasetLocator.Open(data, options.Data);
        images.RequireClasses(options.Space);
        SearchSpace space = options.Space.ToSpace();
        var table = MadeUpTable.Of(space);
        string folder = Directory.CreateTempSubdirectory("fasterseg-flat-").FullName;
        try
        {
            Console.WriteLine("phase,step,live_tensors,resident_mib,managed_mib");
            using var search = new SupernetSearch(
                options,
                images,
                table,
                TargetBand.Resolve(options.Searching.Target, space, table, options.Seed),
                RunFolder.Create(folder),
                device,
                new SearchHooks(
                    new SteppedReporter(
                        (phase, step) =>
                        {
                            if (step % Math.Max(1, steps / 20) != 0 && step != 5)
                                return;
                            Console.WriteLine(
                                FormattableString.Invariant($"{phase},{step},{DisposeScopeManager.Statistics.ThreadTotalLiveCount},")
                                    + FormattableString.Invariant(
                                        $"{ProcessMemory.ResidentMiB:F0},{GC.GetTotalMemory(forceFullCollection: false) / 1048576.0:F1}"
                                    )
                            );
                        }
                    )
                )
            );
            search.Run(CancellationToken.None);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
