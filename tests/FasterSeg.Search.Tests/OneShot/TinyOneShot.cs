using FasterSeg.Latency.Estimating;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.OneShot;

/// <summary>The smallest search by shared weights.</summary>
internal static class TinyOneShot
{
    public static FasterSegOptions Options()
    {
        FasterSegOptions options = TinySearch.Options();
        options.Searching.Method = SearchMethod.Oneshot;
        OneShotOptions phase = options.OneShot;
        (phase.Epochs, phase.StepsPerEpoch, phase.Batch, phase.CropHeight, phase.CropWidth, phase.Paths) = (2, 3, 2, 32, 64, 2);
        (phase.Networks, phase.Population, phase.Parents, phase.CalibrationBatches) = (8, 4, 2, 2);
        return options;
    }

    /// <summary>Searches, or goes on with a search.</summary>
    public static IReadOnlyList<RoleChoice> Search(
        RunFolder run,
        FasterSegOptions options,
        bool resume = false,
        ListeningReporter? reporter = null,
        CancellationToken? cancellation = null
    )
    {
        using var search = new OneShotSearch(
            options,
            TinySearch.Data(options),
            TinySpace.Table(options.Space.ToSpace()),
            LatencyTarget.Parse(options.Searching.Target),
            run,
            CPU,
            new SearchHooks(reporter ?? new())
        );
        if (resume)
            search.Resume();
        return search.Run(cancellation ?? TestContext.Current.CancellationToken);
    }
}
