using System.Diagnostics;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Searching;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Bench.Searching;

/// <summary>The three decoupled terms with their gradients against a cell-by-cell walk over a dictionary, on the same samples.</summary>
internal static class LatencyBench
{
    /// <summary>Prints medians in ms, their ratio, how far both values are apart, and how long a table takes to load.</summary>
    public static int Run(FasterSegOptions options, string? table, int repeats)
    {
        TorchDevice.Open("cpu", options.Threads);
        SearchSpace space = options.Space.ToSpace();
        manual_seed(options.Seed);
        LatencyTable latencies = table is null ? MadeUpTable.Of(space) : LatencyTableImport.Load(table);
        using var student = new ArchitectureParameters(space, Role.Student);
        foreach (Parameter parameter in student.parameters())
        {
            using (no_grad())
                parameter.copy_(randn_like(parameter));
        }
        double[] w = NumberList.Parse(options.Searching.DecoupledWeights);
        var regularizer = new DecoupledLatency(new LatencyRegularizer(latencies, space, Role.Student), w[0], w[1], w[2]);
        var walk = new DictionaryWalk(latencies, space, Role.Student);
        Console.WriteLine($"{space}; {latencies.Entries.Count} entries; medians of {repeats}");

        (double walkForward, double walkBackward, double walkValue) = Time(
            (architecture, widths) => Decoupled(walk, architecture, widths, w)
        );
        (double forward, double backward, double value) = Time(regularizer.Of);
        Console.WriteLine(
            FormattableString.Invariant(
                $"dictionary walk   {walkForward, 8:F3} ms forward {walkBackward, 8:F3} ms backward, value {walkValue:F6} ms"
            )
        );
        Console.WriteLine(
            FormattableString.Invariant(
                $"LatencyRegularizer {forward, 7:F3} ms forward {backward, 8:F3} ms backward, value {value:F6} ms: "
            ) + FormattableString.Invariant($"1/{(walkForward + walkBackward) / (forward + backward):F1} of the time")
        );
        if (table is not null)
        {
            double[] loads = [.. Enumerable.Range(0, repeats).Select(_ => Milliseconds(() => LatencyTableImport.Load(table)))];
            Console.WriteLine(FormattableString.Invariant($"loading {Path.GetFileName(table)} {Median(loads):F2} ms"));
        }
        return 0;

        (double Forward, double Backward, double Value) Time(Func<RelaxedArchitecture, IReadOnlyList<Tensor>, Tensor> penalty)
        {
            List<double> forwards = [],
                backwards = [];
            double last = 0;
            // Enough calls for the runtime to have compiled everything for good.
            for (int i = -60; i < repeats; i++)
            {
                using IDisposable scope = NewDisposeScope();
                manual_seed(1000 + Math.Max(0, i));
                foreach (Parameter parameter in student.parameters())
                    parameter.grad = null;
                IReadOnlyList<Tensor> widths = GumbelWidths.Sample(space, student).OneHot;
                RelaxedArchitecture architecture = student.Relaxed();
                Tensor value = null!;
                double forward = Milliseconds(() => value = penalty(architecture, widths)),
                    backward = Milliseconds(() => value.backward());
                last = value.ToDouble();
                if (i < 0)
                    continue;
                forwards.Add(forward);
                backwards.Add(backward);
            }
            return (Median(forwards), Median(backwards), last);
        }
    }

    private static Tensor Decoupled(DictionaryWalk walk, RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths, double[] w)
    {
        Tensor[] uniformAlpha = [.. architecture.Alpha.Select(Uniform)];
        Tensor?[] uniformBeta = [.. architecture.Beta.Select(beta => beta is null ? null : Uniform(beta))];
        Tensor[] full =
        [
            .. widths.Select(maps =>
                nn.functional.one_hot(full_like(maps.select(1, 0), maps.shape[1] - 1, ScalarType.Int64), maps.shape[1])
                    .to(ScalarType.Float32)
            ),
        ];
        return (w[0] * walk.Of(architecture.Alpha, uniformBeta, full))
            + (w[1] * walk.Of(uniformAlpha, architecture.Beta, full))
            + (w[2] * walk.Of(uniformAlpha, uniformBeta, widths));

        static Tensor Uniform(Tensor rows) => full_like(rows, 1.0 / rows.shape[1], requires_grad: false);
    }

    private static double Milliseconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
