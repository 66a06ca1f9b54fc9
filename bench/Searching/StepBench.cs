using System.Diagnostics;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks.Layers;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Bench.Searching;

/// <summary>Times the parts of a search step on random images.</summary>
internal static class StepBench
{
    /// <summary>Prints the median of each part in ms, and the process's memory.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="steps">How many steps to measure.</param>
    /// <param name="only">Leaves out the parts whose names begin otherwise.</param>
    /// <param name="channelsLast">Images lie as [N, H, W, C] in memory, as single networks get them.</param>
    public static int Run(FasterSegOptions options, int steps, string only, bool channelsLast)
    {
        TorchDevice.Open("cpu", options.Threads);
        SearchingOptions searching = options.Searching;
        SearchSpace space = options.Space.ToSpace();
        manual_seed(options.Seed);
        Console.WriteLine(
            $"{space}; batch {searching.Batch}, crop {searching.CropHeight}x{searching.CropWidth}, {get_num_threads()} threads, "
                + $"accumulation {searching.Accumulation}, {(searching.SecondOrder ? "second" : "first")} order"
        );
        using var model = new SearchModel(space, CPU);
        double[] w = NumberList.Parse(searching.DecoupledWeights);
        var latency = new DecoupledLatency(new LatencyRegularizer(MadeUpTable.Of(space), space, Role.Student), w[0], w[1], w[2]);
        var step = new SearchStep(model, latency, searching, sampledLatency: false);
        using var descent = new ClippedDescent(model.Weights, searching);
        using OptimizerHelper adam = optim.Adam(model.ArchitectureParameters, searching.ArchitectureLearningRate, 0.5, 0.999);
        model.Supernet.train();
        Console.WriteLine(
            FormattableString.Invariant(
                $"{model.Weights.Sum(weight => weight.numel()) / 1e6:F2} million weights; resident before the first step "
            ) + FormattableString.Invariant($"{ProcessMemory.ResidentMiB:F0} MiB")
        );

        var times = new Dictionary<string, List<double>>();
        var tensors = new Dictionary<string, long>();
        var processor = new Dictionary<string, List<double>>();
        for (int i = 0; i <= steps; i++)
        {
            using IDisposable scope = NewDisposeScope();
            bool counts = i > 0;
            (Tensor, Tensor) own = Batch(),
                held = Batch();
            Time("pretraining step's passes (4), one role", () =>
            {
                Clear();
                step.BackwardPretraining(own.Item1, own.Item2, i % 2 == 0 ? Role.Teacher : Role.Student);
            });
            Clear();
            Time("  the latency term alone, with gradients", () =>
            {
                adam.zero_grad();
                latency.Of(model.Student.Relaxed(), model.Student.WidthProbabilities()).backward();
            });
            Time("architecture: 4 passes and the latency", () =>
            {
                adam.zero_grad();
                if (searching.SecondOrder)
                    new UnrolledStep(model, step, searching).Backward(own, held, searching.LearningRate, 0.01);
                else
                    step.BackwardToArchitecture(held.Item1, held.Item2, 0.01);
            });
            Time("architecture: norm and Adam", () =>
            {
                GradientNorm.Clip(model.ArchitectureParameters, 0);
                adam.step();
            });
            Time("weights: 4 passes", () =>
            {
                Clear();
                step.BackwardToWeights(own.Item1, own.Item2);
            });
            Time("weights: clipping and SGD", () => descent.Step(searching.LearningRate));

            void Time(string part, Action work)
            {
                if (!part.StartsWith(only, StringComparison.Ordinal))
                    return;
                long before = TensorsMade;
                double begun = ProcessorMs;
                var watch = Stopwatch.StartNew();
                work();
                tensors[part] = TensorsMade - before;
                if (!counts)
                    return;
                (times.TryGetValue(part, out List<double>? list) ? list : times[part] = []).Add(watch.Elapsed.TotalMilliseconds);
                (processor.TryGetValue(part, out list) ? list : processor[part] = []).Add(ProcessorMs - begun);
            }
        }
        foreach (var (part, each) in times)
            Console.WriteLine(
                FormattableString.Invariant($"{part, -45} {Median(each), 9:F1} ms, of the processor {Median(processor[part]), 9:F1} ms, ")
                    + FormattableString.Invariant($"{tensors[part], 6} tensors made")
            );
        double whole = times
            .Where(part =>
                part.Key.StartsWith("architecture", StringComparison.Ordinal) || part.Key.StartsWith("weights", StringComparison.Ordinal)
            )
            .Sum(part => Median(part.Value));
        Console.WriteLine(FormattableString.Invariant($"{"a search step", -45} {whole, 9:F1} ms"));
        Console.WriteLine(
            FormattableString.Invariant($"resident {ProcessMemory.ResidentMiB:F0} MiB, at its peak {ProcessMemory.PeakMiB:F0} MiB")
        );
        return 0;

        void Clear() => model.Supernet.zero_grad(set_to_none: true);

        (Tensor, Tensor) Batch() =>
            (
                Laid(randn(searching.Batch, 3, searching.CropHeight, searching.CropWidth)),
                randint(
                    0,
                    options.Space.Classes,
                    [searching.Batch, searching.CropHeight / 8, searching.CropWidth / 8],
                    dtype: ScalarType.Int64
                )
            );

        Tensor Laid(Tensor images) => channelsLast ? ChannelsLast.Of(images) : images;
    }

    /// <summary>The processor's time that this process has used, which other processes lengthen less than the clock's.</summary>
    private static double ProcessorMs => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    /// <summary>Results of torch's operations so far, views among them; those within a backward pass are not seen.</summary>
    private static long TensorsMade =>
        DisposeScopeManager.Statistics.CreatedInScopeCount + DisposeScopeManager.Statistics.CreatedOutsideScopeCount;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
