using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;

namespace FasterSeg.Tests;

/// <summary>Networks to compare, made by hand.</summary>
internal static class MadeNetworks
{
    public static TableIdentity Device { get; } = TinySpace.Table(TinySearch.Options().Space.ToSpace()).Identity;

    /// <summary>A network with chosen figures; its band is 10 to 12 ms.</summary>
    public static ComparedNetwork Of(
        string run,
        double ms,
        double? supernet = null,
        double? trained = null,
        int seed = 1,
        Role role = Role.Student,
        TableIdentity? device = null,
        KeptLatency? measured = null,
        long[]? labels = null,
        string data = "scenes",
        int? randomSeed = null,
        Action<FasterSegOptions>? change = null
    )
    {
        FasterSegOptions options = TinySearch.Options();
        options.Seed = seed;
        change?.Invoke(options);
        return new ComparedNetwork(
            new ComparedRun(run, run, options, device ?? Device, new LatencyTarget(10, 12), randomSeed),
            RandomArchitectures.Draw(options.Space.ToSpace(), role, seed: 1),
            ms,
            measured,
            supernet,
            trained is null
                ? null
                : new StoredEvaluation(
                    Role.Student,
                    "val",
                    data,
                    EvaluationMode.Deployed(options).ToString(),
                    trained.Value,
                    trained.Value,
                    [],
                    labels ?? [7, 8],
                    null
                )
                {
                    Size = EvaluationMode.Deployed(options).Size,
                }
        );
    }
}
