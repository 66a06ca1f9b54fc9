using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Validating;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary>The latency of a run's networks: estimated part by part, and measured whole.</summary>
/// <param name="options">The networks' input size, and how to measure.</param>
/// <param name="run">Keeps estimates and measurements.</param>
/// <param name="console">Where to print.</param>
public sealed class NetworkLatency(FasterSegOptions options, RunFolder run, IAnsiConsole console)
{
    /// <summary>
    /// Prints a network layer by layer with each part's share of the estimate and, where a profiler is at hand, the latency of the
    /// exported network beside it; the run keeps the two.
    /// </summary>
    /// <param name="network">The network, trained or not: weights do not change its latency.</param>
    /// <param name="table">Latencies of its parts.</param>
    /// <param name="profiler">Measures it whole; null measures nothing.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public async Task ShowAsync(DerivedNetwork network, LatencyTable table, ProfilerConnection? profiler, CancellationToken cancellation)
    {
        NetworkPlan plan = NetworkPlan.Of(network.Architecture, options.Space.Height, options.Space.Width);
        NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
        NetworkReport.Write(console, plan, estimate, table);
        if (profiler is null)
            return;

        string name = network.Architecture.Role.Name();
        ModelMeasurement measured = await MeasureAsync(network, plan, options.Measuring, profiler, cancellation);
        MeasuredNetwork both = MeasuredNetwork.Of(plan, estimate, table, measured);
        both.Save(run);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: estimate {estimate.TotalMs:F3} ms, measured {measured.MedianMs:F3} ms (95 % "
                    + $"{measured.Spread.ConfidenceLowMs:F3}-{measured.Spread.ConfidenceHighMs:F3}), error "
                    + $"{SignedNumber.Percent(both.Error)}, {measured.FramesPerSecond:F1} frames/s{(measured.Noisy ? ", noisy" : "")}"
            )
        );
        if (both.Difference is { } difference)
        {
            console.WriteLine($"The two are not comparable: {difference} (table, then measurement).");
            return;
        }
        // One measurement beside an estimate says little where the device is faster or slower than it was for the table.
        if (await TableDrift.LookAsync(table, options.Seed, options.Measuring, profiler, done: 1, cancellation) is not { } drift)
        {
            both = both with { NoDrift = TableDrift.WhyNone(table, options.Seed) };
            both.Save(run);
            console.WriteLine(both.NoDrift);
            return;
        }
        both = both with { Drift = drift.Ratio };
        both.Save(run);
        console.WriteLine($"{drift} With this drift taken out, the error is {SignedNumber.Percent(both.ErrorWithoutDrift!.Value)}.");
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
            network.Architecture.Role.Name(),
            measuring,
            cancellationToken: cancellation
        );
}
