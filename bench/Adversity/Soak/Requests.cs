using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Client.Mapping;
using Google.Protobuf;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>What the clients ask for: small spaces, operators and models, sound and unsound ones.</summary>
internal static class Requests
{
    private static readonly string[] GoodKeys =
    [
        "conv h16 w16 c16-24 s1",
        "conv_2x h16 w16 c16-16 s1",
        "zoomed_conv h16 w16 c16-16 s1",
        "skip h16 w16 c16-16 s1",
        "skip h16 w16 c16-16 s2",
        "upsample h8 w8 c16-16 x2",
        "concat h8 w8 c8+16",
    ];

    /// <summary>The smallest spaces, about 60 and 130 operators.</summary>
    private static readonly SearchSpace[] Spaces =
    [
        new(64, 64, 8, [0.5, 8.0 / 12], 4, 3, 8.0 / 12, 8.0 / 12, 0.5, 0.5),
        new(64, 64, 4, [0.5, 1], 4, 3, 1, 1, 0.5, 0.5),
    ];

    /// <summary>A rough and fast measurement.</summary>
    public static Proto.MeasurementOptions Rough(Random random) =>
        new()
        {
            RelativeHalfWidth = 0.3,
            MinimumSamples = 6,
            MaximumSeconds = 0.01,
            Sessions = random.Next(1, 3),
            Seed = (ulong)random.Next(3),
        };

    /// <summary>A small space.</summary>
    public static Proto.SearchSpace Space(Random random) => Spaces[random.Next(Spaces.Length)].ToMessage();

    /// <summary>A table to build.</summary>
    public static Proto.BuildTableRequest Build(Random random) =>
        new()
        {
            Space = Space(random),
            Options = Rough(random),
            Reuse = random.Next(4) == 0,
        };

    /// <summary>A few operators.</summary>
    public static Proto.MeasureOperatorsRequest Operators(Random random) =>
        new()
        {
            Keys = { Enumerable.Range(0, random.Next(1, 5)).Select(_ => GoodKeys[random.Next(GoodKeys.Length)]) },
            Options = Rough(random),
        };

    /// <summary>Operators or options that there are not.</summary>
    public static Proto.MeasureOperatorsRequest BadOperators(Random random)
    {
        Proto.MeasureOperatorsRequest request = Operators(random);
        switch (random.Next(4))
        {
            case 0:
                request.Keys.Add("cnov h8 w8 c8-8 s1");
                break;
            case 1:
                request.Options.MaximumSeconds = double.NaN;
                break;
            case 2:
                request.Options.Provider = Proto.ExecutionProvider.Tensorrt;
                break;
            default:
                request.Keys.Clear();
                break;
        }
        return request;
    }

    /// <summary>A sound model of some 10 KB to 2 MB.</summary>
    public static byte[] Model(Random random) =>
        OperatorModel
            .Build(new(OperatorKind.Conv, 16, 16, 16 << random.Next(5), 16 << random.Next(5)), batch: 1, seed: (ulong)random.Next(100))
            .ToByteArray();

    /// <summary>A model that must be refused, by the look at it or by ONNX Runtime.</summary>
    public static byte[] BadModel(Random random)
    {
        byte[] good = Model(random);
        ModelProto model = ModelProto.Parser.ParseFrom(good);
        switch (random.Next(6))
        {
            case 0:
                return good[..random.Next(1, good.Length / 2)];
            case 1:
                var noise = new byte[random.Next(1, 5000)];
                random.NextBytes(noise);
                return noise;
            case 2:
                model.Graph.Node[0].Domain = "com.example";
                break;
            case 3:
                model.Graph.Node[0].OpType = "NoSuchOperator";
                break;
            case 4:
                model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
                break;
            default:
                model.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimValue = -1;
                break;
        }
        return model.ToByteArray();
    }
}
