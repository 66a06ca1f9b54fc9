using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Profiling;

namespace FasterSeg.Search.Client.Predicting;

/// <summary>A table of which a profiler measures a share.</summary>
public static class BudgetedTable
{
    /// <summary>Has the profiler measure the operators that tell most, and predicts the others.</summary>
    /// <param name="profiler">Measures.</param>
    /// <param name="space">The space.</param>
    /// <param name="options">How to measure, and the seed.</param>
    /// <param name="share">Of the operators that are not 0 by definition, those to measure.</param>
    /// <param name="progress">Told after each measurement.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The table, and the relative errors of the measured operators as predicted from each other.</returns>
    public static async Task<(LatencyTable Table, IReadOnlyList<double> Errors)> BuildAsync(ProfilerConnection profiler, SearchSpace space, FasterSegOptions options,
        double share, Action<TableProgress> progress, CancellationToken cancellation)
    {
        TableIdentity? identity = null;
        IReadOnlyList<OperatorSpec> specs = [.. space.Operators(full: true)];
        int total = PredictedTable.Budget(specs, share), done = 0;
        PredictedTable.Result result = await PredictedTable.BuildAsync(specs, share, options.Seed, async next =>
        {
            MeasuredOperators measured = await profiler.MeasureOperatorsAsync(next, options.Measuring, options.Seed,
                news => progress(news with { Done = done + news.Done, Total = total }), cancellation).ConfigureAwait(false);
            done += next.Count;
            identity ??= measured.Identity;
            return measured.Entries;
        }).ConfigureAwait(false);
        return (new LatencyTable(identity!, space, result.Entries, DateTimeOffset.UtcNow, profiler.Device.Environment), result.Errors);
    }
}
