using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>What the chains of a plan cost on this machine, by some real steps of each phase that is not the same as another one.</summary>
public sealed class SweepTiming
{
    // How long a phase is changes no step of it.
    private static readonly string[] Lengths =
    [
        nameof(PhaseOptions.Epochs),
        nameof(PhaseOptions.StepsPerEpoch),
        nameof(PhaseOptions.CheckpointSteps),
        nameof(TrainingOptions.Validations),
        nameof(TrainingOptions.ValidationImages),
        nameof(OneShotOptions.Supernets),
        nameof(OneShotOptions.Networks),
        nameof(OneShotOptions.AdaptationSteps),
        nameof(OneShotOptions.AdaptedNetworks),
        nameof(OneShotOptions.AdaptedDescendants),
        nameof(OneShotOptions.AdaptationRungs),
        nameof(TrainingOptions.Start),
    ];

    private readonly Dictionary<string, PhaseTime> times = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Chain, string Task), string> keys = [];
    private readonly List<string> faults = [];

    private SweepTiming(string device) => Device = device;

    /// <summary>Name of torch's device.</summary>
    public string Device { get; }

    /// <summary>Steps and images that were timed.</summary>
    public int Count => times.Values.Sum(time => time.Count);

    /// <summary>Why some phases were not timed, a sentence for each chain that stands for others.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Times the phases of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="reporter">Is told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public static async Task<SweepTiming> RunAsync(
        SweepPlan plan,
        string device,
        IProgressReporter reporter,
        CancellationToken cancellation
    )
    {
        const string Timing = "timing";
        var timing = new SweepTiming(device);
        var phases = plan
            .Planned.SelectMany(each => each.Chain.Costs.Select(cost => (each.Chain, cost.Task, Key: KeyOf(cost.Task, each.Options))))
            .ToList();
        foreach (var phase in phases)
            timing.keys[(phase.Chain.Name, phase.Task)] = phase.Key;
        var distinct = phases.DistinctBy(phase => phase.Key).ToList();
        foreach (var group in distinct.GroupBy(phase => phase.Chain))
        {
            string[] tasks = [.. group.Select(phase => phase.Task)];
            int at = 0;
            Tell();
            string? fault = await TimingProcess
                .RunAsync(
                    new(plan.SourceOf(group.Key), group.Key.Sets, plan.Options.Data, plan.Options.Lut, device, tasks),
                    time =>
                    {
                        timing.times[timing.keys[(group.Key.Name, time.Task)]] = time;
                        at++;
                        Tell();
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            if (fault is not null)
                timing.faults.Add($"{group.Key.Name}: {fault}");

            void Tell() =>
                reporter.Report(
                    Timing,
                    timing.times.Count,
                    distinct.Count,
                    latest: at < tasks.Length ? $"{group.Key.Settings}, {tasks[at].Replace('_', ' ')}; --no-timing leaves it out" : ""
                );
        }
        return timing;
    }

    /// <summary>A timing with times that are known.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="time">Of a phase of a chain; null was not timed.</param>
    internal static SweepTiming Made(SweepPlan plan, string device, Func<SweepChain, PhaseCost, PhaseTime?> time)
    {
        var timing = new SweepTiming(device);
        foreach ((SweepChain chain, FasterSegOptions options) in plan.Planned)
        {
            foreach (PhaseCost cost in chain.Costs)
            {
                string key = timing.keys[(chain.Name, cost.Task)] = KeyOf(cost.Task, options);
                if (time(chain, cost) is { } known)
                    timing.times[key] = known;
            }
        }
        return timing;
    }

    /// <summary>What a phase of a chain was timed at; null where it was not.</summary>
    public PhaseTime? Of(SweepChain chain, PhaseCost cost) =>
        keys.TryGetValue((chain.Name, cost.Task), out string? key) ? times.GetValueOrDefault(key) : null;

    /// <summary>Seconds of all steps of a chain; null where a phase of it was not timed.</summary>
    public double? Seconds(SweepChain chain)
    {
        double sum = 0;
        foreach (PhaseCost cost in chain.Costs)
        {
            if (Of(chain, cost) is not { } time)
                return null;
            sum += time.Of(cost);
        }
        return sum;
    }

    /// <summary>Phases of one key take as long a step: of what decides that, the same.</summary>
    private static string KeyOf(string task, FasterSegOptions options)
    {
        PhaseOptions[] phases = task switch
        {
            PhaseCosts.Pretrain => [options.Pretrain, options.Searching],
            PhaseCosts.Search when options.Searching.Method == SearchMethod.Differentiable => [options.Searching],
            PhaseCosts.Search or PhaseCosts.Adaptation => [options.OneShot],
            PhaseCosts.Evaluate => [],
            _ => [options.Training],
        };
        return JsonSerializer.Serialize(
            new
            {
                task,
                options.Threads,
                options.Kernels,
                options.Space,
                options.Data,
                // The networks that are trained lie in it.
                options.Searching.Target,
                Phases = phases.Select(WithoutLengths),
            }
        );
    }

    private static JsonObject WithoutLengths(PhaseOptions phase)
    {
        JsonObject of = JsonSerializer.SerializeToNode(phase, phase.GetType())!.AsObject();
        foreach (string length in Lengths)
            of.Remove(length);
        return of;
    }
}
