using System.Diagnostics;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;

namespace FasterSeg.Bench.Searching;

/// <summary>A training step with one replica and with several, of the same batch.</summary>
internal static class ReplicasBench
{
    /// <summary>Prints the median time of a step each way in every turn, and their ratio.</summary>
    /// <param name="options">The configuration; each replica has its threads.</param>
    /// <param name="data">The images.</param>
    /// <param name="devices">Where the replicas compute; one alone is on the first.</param>
    /// <param name="steps">Steps of a turn; the first one does not count.</param>
    /// <param name="turns">How often each way runs, in turns.</param>
    public static int Run(FasterSegOptions options, string data, string devices, int steps, int turns)
    {
        IReadOnlyList<torch.Device> all = TorchDevice.OpenAll(devices, options.Threads, options.Kernels);
        SegmentationDataset images = DatasetLocator.Open(data, options.Data);
        images.RequireClasses(options.Space);
        TrainingOptions training = options.Training;
        (training.Epochs, training.StepsPerEpoch, training.Validations) = (1, steps + 1, 0);
        Console.WriteLine(
            FormattableString.Invariant($"batch {training.Batch}, crop {training.CropHeight}x{training.CropWidth}, {devices}, ")
                + FormattableString.Invariant($"{torch.get_num_threads()} threads for each replica")
        );
        var ratios = new List<(double Clock, double Processor)>();
        for (int turn = 1; turn <= turns; turn++)
        {
            (double Clock, double Processor) one = Step([all[0]]),
                several = Step(all);
            ratios.Add((several.Clock / one.Clock, several.Processor / one.Processor));
            Console.WriteLine(
                FormattableString.Invariant($"turn {turn}: 1 replica {one.Clock:F0} ms, {all.Count} replicas {several.Clock:F0} ms, ratio ")
                    + FormattableString.Invariant($"{ratios[^1].Clock:F2}; of the processor {one.Processor:F0} and {several.Processor:F0} ")
                    + FormattableString.Invariant($"ms, ratio {ratios[^1].Processor:F2}")
            );
        }
        Console.WriteLine(
            FormattableString.Invariant($"median ratios {Median(ratios.Select(ratio => ratio.Clock)):F2}, ")
                + FormattableString.Invariant($"of the processor {Median(ratios.Select(ratio => ratio.Processor)):F2}")
        );
        return 0;

        static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

        (double Clock, double Processor) Step(IReadOnlyList<torch.Device> places)
        {
            string folder = Directory.CreateTempSubdirectory("fasterseg-replicas-").FullName;
            try
            {
                List<double> times = [],
                    processor = [];
                long begun = 0;
                double used = 0;
                using var run = new NetworkTraining(
                    options,
                    images,
                    RandomArchitectures.Draw(options.Space.ToSpace(), Role.Student, options.Seed),
                    teacher: null,
                    RunFolder.Create(folder),
                    new ReplicaPlaces(places),
                    new SteppedReporter(
                        (_, step) =>
                        {
                            double now = Environment.CpuUsage.TotalTime.TotalMilliseconds;
                            if (step > 1)
                            {
                                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                                processor.Add(now - used);
                            }
                            (begun, used) = (Stopwatch.GetTimestamp(), now);
                        }
                    ),
                    resume: false
                );
                run.Run(CancellationToken.None);
                return (Median(times), Median(processor));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
