using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;
using MathNet.Numerics.Statistics;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Bench.Validating;

/// <summary>
/// What operators alone take that a network does not, and the other way round, cause by cause, on this machine's processor with one
/// thread. Everything is measured in turns, in rounds, so that a drift of the device meets all of it alike.
/// </summary>
internal static class Shares
{
    // Apart from those of tables and validations.
    private const int Purpose = 31;
    private const int Runs = 25;
    private const int Warm = 3;

    /// <summary>Of several runs this share is quicker than the one that counts: what others do to a run makes it slower only.</summary>
    public const double Quick = 0.2;

    private static readonly Func<double> Processor = ThreadClock.Reader
        ?? throw new UserErrorException("Here nobody tells the time that a thread has had the processor: use Linux.");

    /// <summary>Prints a row for each network, and one for all.</summary>
    /// <param name="space">The space that they are drawn from.</param>
    /// <param name="networks">How many.</param>
    /// <param name="rounds">How often each is measured.</param>
    public static int Run(SearchSpace space, int networks, int rounds)
    {
        WriteFixedCosts(space);
        Console.WriteLine(
            "network,parts,nodes_alone,nodes_network,alone_ms,in_turn_ms,network_ms,alone_percent,start_percent,layouts_percent,"
                + "others_percent,convolutions_percent,out_of_caches_percent"
        );
        var all = new List<double[]>();
        foreach (DerivedArchitecture network in NetworkDraw.Different(space, 1, Purpose).Take(networks))
        {
            double[] row = Of(NetworkPlan.Of(network, space), rounds);
            all.Add(row);
            Write(network.ToString(), row);
        }
        Write("median", [.. Enumerable.Range(0, all[0].Length).Select(i => all.Select(row => row[i]).Median())]);
        return 0;
    }

    /// <summary>As the profiler's.</summary>
    public static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        return options;
    }

    private static void Write(string name, double[] row) =>
        Console.WriteLine($"\"{name}\",{string.Join(',', row.Select(value => FormattableString.Invariant($"{value:0.####}")))}");

    /// <summary>What does not depend on the operator.</summary>
    private static void WriteFixedCosts(SearchSpace space)
    {
        var timer = new ClockRunTimer(TimeProvider.System, ThreadClock.Reader);
        using OnnxSession tiny = Open(Identity(1, 1, 1)),
            image = Open(Identity(3, space.Height, space.Width)),
            map = Open(Identity(space.Channels(8, space.FullRatio), space.Height / 8, space.Width / 8));
        var nothing = new Nothing();
        for (int i = 0; i < 2000; i++)
            _ = (timer.Time(nothing), timer.Time(tiny), timer.Time(image), timer.Time(map));
        double Us(IWorkload workload) => 1000 * Enumerable.Range(0, 2000).Select(_ => timer.Time(workload).Ms).Median();
        Console.WriteLine("cost,microseconds");
        Console.WriteLine(FormattableString.Invariant($"the timer alone,{Us(nothing):0.000}"));
        Console.WriteLine(FormattableString.Invariant($"a run that copies one value,{Us(tiny):0.000}"));
        Console.WriteLine(FormattableString.Invariant($"a run that copies the image,{Us(image):0.000}"));
        Console.WriteLine(FormattableString.Invariant($"a run that copies a map at 1/8,{Us(map):0.000}"));
        for (int i = 0; i < 200; i++)
        {
            Thread.Sleep(2);
            _ = timer.Time(tiny);
        }
        double woken =
            1000
            * Enumerable
                .Range(0, 200)
                .Select(_ =>
                {
                    Thread.Sleep(2);
                    return timer.Time(tiny).Ms;
                })
                .Median();
        Console.WriteLine(FormattableString.Invariant($"a run that copies one value after 2 ms of sleep,{woken:0.000}"));
    }

    private static double[] Of(NetworkPlan plan, int rounds)
    {
        OperatorSpec[] parts = [.. plan.Parts.Select(part => part.Spec)];
        Dictionary<OperatorSpec, byte[]> models = parts
            .Distinct()
            .ToDictionary(spec => spec, spec => OperatorModel.Build(spec).ToByteArray());
        byte[] whole = NetworkModel.Build(plan).ToByteArray();
        var alone = parts.Distinct().ToDictionary(spec => spec, _ => new List<double>());
        List<double>[] inTurn = [.. parts.Select(_ => new List<double>())];
        var together = new List<double>();
        var profiles = new List<(RunProfile Alone, RunProfile Network)>();
        for (int round = 0; round < rounds; round++)
        {
            Dictionary<OperatorSpec, OnnxSession> sessions = models.ToDictionary(one => one.Key, one => Open(one.Value));
            using OnnxSession network = Open(whole);
            foreach ((OperatorSpec spec, OnnxSession session) in sessions)
                alone[spec].Add(Hot(session));
            together.Add(Hot(network));
            for (int run = 0; run < Warm + Runs; run++)
            {
                for (int part = 0; part < parts.Length; part++)
                {
                    double ms = Once(sessions[parts[part]]);
                    if (run >= Warm)
                        inTurn[part].Add(ms);
                }
            }
            foreach (OnnxSession session in sessions.Values)
                session.Dispose();
            Dictionary<OperatorSpec, RunProfile> profiled = models.ToDictionary(one => one.Key, one => RunProfile.Of(one.Value, Runs));
            profiles.Add((parts.Aggregate(RunProfile.Zero, (sum, spec) => sum + profiled[spec]), RunProfile.Of(whole, Runs)));
        }
        double sum = parts.Sum(spec => alone[spec].Min()),
            turns = inTurn.Sum(part => part.Quantile(Quick)),
            ms1 = together.Min();
        double More(Func<RunProfile, double> figure) =>
            100 * profiles.Select(pair => figure(pair.Alone) - figure(pair.Network)).Median() / ms1;
        double apart = 100 * ((sum / ms1) - 1),
            start = More(profile => profile.Start),
            layouts = More(profile => profile.Layouts),
            others = More(profile => profile.Others);
        return
        [
            parts.Length,
            profiles[0].Alone.Nodes,
            profiles[0].Network.Nodes,
            sum,
            turns,
            ms1,
            apart,
            start,
            layouts,
            others,
            // What is left: convolutions are long enough for others to interrupt them, which the profiler counts.
            apart - start - layouts - others,
            100 * (turns - sum) / ms1,
        ];
    }

    private static double Hot(OnnxSession session)
    {
        for (int i = 0; i < Warm; i++)
            session.Run();
        return Enumerable.Range(0, Runs).Select(_ => Once(session)).Quantile(Quick);
    }

    // The time that the thread had the processor: on a machine that is not quiet, others' is no part of it.
    private static double Once(OnnxSession session)
    {
        double start = Processor();
        session.Run();
        return Processor() - start;
    }

    private static OnnxSession Open(byte[] onnx)
    {
        using SessionOptions options = Options();
        return new(onnx, options, seed: 1);
    }

    private static byte[] Identity(int channels, int height, int width)
    {
        // An operator that leaves the map's shape as it is, with another node in its place.
        ModelProto model = OperatorModel.Build(new(OperatorKind.Conv, height, width, channels, channels));
        model.Graph.Node.Clear();
        model.Graph.Initializer.Clear();
        model.Graph.Node.Add(
            new NodeProto
            {
                Name = "copy",
                OpType = "Identity",
                Input = { OperatorModel.InputName },
                Output = { OperatorModel.OutputName },
            }
        );
        return model.ToByteArray();
    }

    private sealed class Nothing : IWorkload
    {
        public void Run() { }
    }
}
