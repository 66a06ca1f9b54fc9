using System.Globalization;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>
/// Has a device compute what is known: a handful of operators as they are measured, on seeded weights and inputs, against plain loops in
/// double. A numeric library may be
/// wrong on one processor, for one number of channels, or only now and then (an uninitialised register); the time of such a kernel is worth
/// nothing.
/// </summary>
public static class KnownNumbers
{
    /// <summary>How often each is computed.</summary>
    public const int Runs = 4;

    private const ulong Seed = 14;

    /// <summary>
    /// 3x3 and 1x1, stride 1 and 2, even and odd sides, one convolution and two, between resizes and alone; channels that are multiples of
    /// 8 and not of 16 (8, 24, 40, 56, 72), as
    /// vectors of 16 leave a rest of, and some that are.
    /// </summary>
    public static IReadOnlyList<OperatorSpec> Operators { get; } =
    [
        .. new[]
        {
            "conv h9 w16 c40-72 s1",
            "conv h8 w8 c72-40 s1",
            "conv h9 w15 c24-24 s1",
            "conv h9 w16 c56-24 s2",
            "conv h8 w8 c8-8 s1",
            "conv h8 w8 c16-32 s1",
            "stem h17 w15 c3-8 s2 k3",
            "arm h8 w12 c72-40 s1 k1",
            "skip h9 w7 c24-40 s2",
            "conv_2x h9 w8 c24-56 s2",
            "conv_2x h6 w7 c8-24 s1",
            "zoomed_conv h10 w9 c40-24 s1",
            "zoomed_conv_2x h9 w8 c8-24 s2",
            "head h6 w7 c56-19 s1 k3",
            "upsample h5 w7 c24-24 x2",
        }.Select(OperatorKey.Parse),
    ];

    /// <summary>
    /// The largest difference that is rounding, as a share of the output's root mean square: in fp32 of sums of some hundred terms; in fp16
    /// (11 bits) of inputs, weights and
    /// maps in between; in int8 of 127 steps for the largest value. A wrong kernel is off by about 1.
    /// </summary>
    public static double Tolerance(string precision) =>
        precision switch
        {
            Precisions.Fp16 => 0.05,
            Precisions.Int8 => 0.25,
            _ => 1e-4,
        };

    /// <summary>Computes all of them.</summary>
    /// <exception cref="UnusableModelException">They cannot be computed at all; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static KnownNumbersResult Check(IEngine engine, CancellationToken cancellation)
    {
        // One model with all of them side by side: each is computed as it is alone, and only one session is built.
        var graph = new OnnxGraphBuilder("known numbers", batch: 1);
        IReadOnlyList<ConvolutionWeights>[] weights =
        [
            .. Operators.Select((spec, i) => OperatorModel.RandomWeights(spec, Seed + (ulong)i)),
        ];
        for (int i = 0; i < Operators.Count; i++)
        {
            OperatorSpec spec = Operators[i];
            graph.Output(graph.Append(spec, graph.Input(InputOf(i), spec.InChannels, spec.Height, spec.Width), weights[i]), OutputOf(i));
        }
        using IModelSession session = engine.OpenToRead(graph.Build().ToByteArray(), new MeasurementSettings { Seed = Seed }, cancellation);
        double[][] expected =
        [
            .. Operators.Select(
                (spec, i) =>
                    ReferenceOperator
                        .Compute(
                            spec,
                            weights[i],
                            new(
                                Array.ConvertAll(session.Read(InputOf(i)), value => (double)value),
                                spec.InChannels,
                                spec.Height,
                                spec.Width
                            )
                        )
                        .Values
            ),
        ];

        (OperatorSpec Spec, double Difference) worst = (Operators[0], 0);
        for (int run = 0; run < Runs; run++)
        {
            // Opening it was the first run.
            if (run > 0)
                session.Run();
            for (int i = 0; i < Operators.Count; i++)
            {
                double difference = RelativeDifference.Largest(expected[i], session.Read(OutputOf(i)));
                if (difference > worst.Difference)
                    worst = (Operators[i], difference);
            }
        }
        return new(Operators.Count, worst.Difference, worst.Spec, Tolerance(engine.Precision));
    }

    /// <summary>Name of an operator's output in the model.</summary>
    /// <param name="index">Its place in <see cref="Operators"/>.</param>
    public static string OutputOf(int index) => string.Create(CultureInfo.InvariantCulture, $"output{index}");

    private static string InputOf(int index) => string.Create(CultureInfo.InvariantCulture, $"input{index}");
}
