using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Client.Hosting;

/// <summary>A table of which a profiler measures a share.</summary>
public static class BudgetedTable
{
    /// <summary>Has the profiler measure the operators that tell most, and predicts the others.</summary>
    /// <param name="profiler">Measures.</param>
    /// <param name="space">The space.</param>
    /// <param name="options">How to measure, and the seed.</param>
    /// <param name="budget">Of the operators that are not 0 by definition, those to measure: up to 1 a share, above a number.</param>
    /// <param name="known">Another device's table that the predictions begin with; null where there is none.</param>
    /// <param name="progress">Told after each measurement.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The table, and the relative errors of the measured operators as predicted from each other.</returns>
    public static async Task<(LatencyTable Table, IReadOnlyList<double> Errors)> BuildAsync(
        ProfilerConnection profiler,
        SearchSpace space,
        FasterSegOptions options,
        double budget,
        KnownTable? known,
        Action<TableProgress> progress,
        CancellationToken cancellation
    )
    {
        TableIdentity? identity = null;
        string? loaded = null;
        IReadOnlyList<OperatorSpec> specs = [.. space.Operators(full: true)];
        int total = PredictedTable.Budget(specs, budget),
            done = 0;
        PredictedTable.Result result = await PredictedTable
            .BuildAsync(
                specs,
                budget,
                options.Seed,
                async next =>
                {
                    MeasuredOperators measured = await profiler
                        .MeasureOperatorsAsync(
                            next,
                            options.Measuring,
                            options.Seed,
                            news => progress(news with { Done = done + news.Done, Total = total }),
                            cancellation
                        )
                        .ConfigureAwait(false);
                    done += next.Count;
                    identity ??= measured.Identity;
                    loaded ??= measured.Loaded;
                    return measured.Entries;
                },
                known
            )
            .ConfigureAwait(false);
        var environment = new Dictionary<string, string>(profiler.Device.Environment);
        if (known is not null)
            environment["predicted_from"] = known.ToString();
        if (loaded is not null)
            environment[LatencyTable.LoadedFact] = loaded;
        // As the profiler has it in a whole table.
        IEnumerable<LatencyEntry> entries = result.Entries.Select(entry => loaded is null ? entry : entry.OnLoadedDevice());
        return (new LatencyTable(identity!, space, entries, DateTimeOffset.UtcNow, environment), result.Errors);
    }
}
