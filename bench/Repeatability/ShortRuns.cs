using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Bench.Repeatability;

/// <summary>
/// How well operators of less than 50 us repeat, timed run by run and several runs at a time. Both ways take turns on the same opened
/// model, in six rounds over all operators, so that whatever else the machine does meets both alike. The median of the first, third and
/// fifth session is held against that of the others: a table's entry against another one's.
/// </summary>
internal static class ShortRuns
{
    private const int Sessions = 6;

    /// <summary>The quickstart's space.</summary>
    private static readonly SearchSpace Space = new(128, 256, 4, [0.5, 0.75, 1], 6, 10, 1, 1, 0.75, 0.75);

    /// <summary>Prints a row for each way and range of latencies.</summary>
    /// <param name="sample">Of so many operators, drawn by a seed.</param>
    public static int Run(int sample)
    {
        var settings = new MeasurementSettings { MaximumSeconds = 0.15 };
        var engine = new CpuEngine(CpuFacts.Read(1), TimeProvider.System);
        var protocol = new MeasuringProtocol(engine.Timer, TimeProvider.System);
        OperatorSpec[] all =
        [
            .. new SplitMix64(7).Shuffle(Space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition)).Take(sample),
        ];
        Dictionary<OperatorSpec, (List<double> Single, List<double> Stretched)> medians = all.ToDictionary(
            spec => spec,
            _ => (new List<double>(), new List<double>())
        );
        for (int round = 0; round < Sessions; round++)
        {
            foreach (OperatorSpec spec in new SplitMix64((ulong)round).Shuffle(all.Where(spec => IsShort(medians[spec].Single))))
            {
                byte[] onnx = OperatorModel.Build(spec, 1, settings.Seed).ToByteArray();
                using IModelSession session = engine.Open(onnx, settings);
                double Single() => RunByRun(engine, session, settings).ToLatency().MedianMs;
                double Stretched() => protocol.Measure(session, settings, CancellationToken.None).ToLatency().MedianMs;
                // The first one finds what the model's opening left in the caches.
                if (round % 2 == 0)
                    medians[spec].Single.Add(Single());
                medians[spec].Stretched.Add(Stretched());
                if (round % 2 == 1)
                    medians[spec].Single.Add(Single());
            }
        }
        Console.WriteLine("way,entries,operators,median_percent,below_90_percent,below_95_percent,within_2_percent");
        foreach ((double from, double to) in new[] { (0, 0.01), (0.01, PilotStage.ShortMs) })
        {
            var chosen = medians.Values.Where(one =>
                one.Single.Count == Sessions && one.Single.Median() >= from && one.Single.Median() < to
            );
            Write("run by run", from, to, [.. chosen.Select(one => Difference(one.Single))]);
            Write("several at a time", from, to, [.. chosen.Select(one => Difference(one.Stretched))]);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"several at a time take {chosen.Select(one => one.Stretched.Median() / one.Single.Median()).Median():F4} of run by run"
                )
            );
        }
        return 0;
    }

    private static bool IsShort(List<double> measured) => measured.Count == 0 || measured.Min() < 1.2 * PilotStage.ShortMs;

    /// <summary>The protocol as it was: each sample is one run.</summary>
    private static SamplingResult RunByRun(CpuEngine engine, IModelSession session, MeasurementSettings settings)
    {
        WarmupResult warmup = new WarmupStage(engine.Timer, TimeProvider.System, settings.WarmupSeconds).Run(
            session,
            CancellationToken.None
        );
        using (new QuietGc())
            return new SamplingStage(engine.Timer, TimeProvider.System, new MedianConfidenceRule(settings)).Run(
                session,
                PilotStage.Plan(warmup, settings),
                CancellationToken.None
            );
    }

    private static double Difference(List<double> sessions) =>
        100 * Math.Abs((sessions.Where((_, i) => i % 2 == 0).Median() / sessions.Where((_, i) => i % 2 == 1).Median()) - 1);

    private static void Write(string way, double from, double to, double[] differences)
    {
        if (differences.Length > 0)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{way},{1000 * from:0} to {1000 * to:0} us,{differences.Length},{differences.Median():F2},"
                        + $"{differences.Quantile(0.9):F2},{differences.Quantile(0.95):F2},"
                        + $"{100.0 * differences.Count(difference => difference <= 2) / differences.Length:F1}"
                )
            );
    }
}
