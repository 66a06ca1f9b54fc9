using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Native.Kernels;

namespace FasterSeg.Search.Configuration;

/// <summary>What the values of a configuration must fulfil beyond their types.</summary>
internal sealed class ConfigurationRules
{
    private const int ManyEpochs = 1_000_000;

    private static readonly ConfigurationRange Sides = ConfigurationRange.Numbers(
        SearchSpace.SideMultiple,
        16384,
        SearchSpace.SideMultiple
    );

    private readonly List<string> faults = [];
    private readonly Dictionary<string, ConfigurationRange> ranges = [];

    /// <summary>The sentences that say what is wrong, each naming key and value; empty where nothing is.</summary>
    public static IReadOnlyList<string> Check(FasterSegOptions options) => Applied(options).faults;

    /// <summary>What the values may be, by key: the same rules, as they are applied.</summary>
    public static IReadOnlyDictionary<string, ConfigurationRange> Ranges() => Applied(new FasterSegOptions()).ranges;

    private static ConfigurationRules Applied(FasterSegOptions options)
    {
        var rules = new ConfigurationRules();
        rules.Range("threads", options.Threads, 0, 1024);
        rules.OneOf("kernels", options.Kernels, [TorchKernels.Automatic, .. TorchKernels.Ladder.Select(kernels => kernels.Name)]);
        rules.Space(options.Space);
        rules.Data(options.Data);
        rules.Measuring(options.Measuring);
        rules.Phase("pretrain", options.Pretrain);
        rules.Phase("searching", options.Searching);
        rules.Searching(options.Searching);
        if (options.Searching.Derivation == DerivationRule.Released && options.Space.Layers < 5)
            rules.Add(
                "searching:derivation is released, whose rule needs at least 5 layers, and space:layers is "
                    + $"{options.Space.Layers}; use corrected."
            );
        rules.OneShot(options.OneShot);
        rules.Range("halving:finalists", options.Halving.Finalists, 0, 10_000);
        rules.Range("halving:steps", options.Halving.Steps, 1, ManyEpochs);
        if (options.Halving.Rungs(options.Halving.Finalists).LastOrDefault() is { Steps: > ManyEpochs } last)
            rules.Add(
                FormattableString.Invariant($"halving:steps is {options.Halving.Steps}, which for the last of {options.Halving.Finalists} ")
                    + FormattableString.Invariant($"finalists is {last.Steps} steps; use fewer steps or finalists.")
            );
        rules.Range("halving:scoreWeight", options.Halving.ScoreWeight, 0, 100);
        if (options is { Searching.Method: SearchMethod.Random, Halving: { Finalists: > 1, Start: TrainingStart.Shared } })
            rules.Add("halving:start is shared, and a search of searching:method=random has no shared weights; use scratch.");
        if (options.Training.Start == TrainingStart.Shared && options.Searching.Method != SearchMethod.Oneshot)
            rules.Add(
                $"training:start is shared, and a search of searching:method={options.Searching.Method.Word()} has no shared weights of "
                    + "single networks; use scratch."
            );
        rules.Sentence("halving:devices", () => DeviceList.Parse(options.Halving.Devices));
        rules.Phase("training", options.Training);
        rules.LabelDownSampling("training", options.Training, options.Training.LabelDownSampling);
        rules.Range("training:epochs", options.Training.Epochs, 1, ManyEpochs);
        rules.Range("training:validations", options.Training.Validations, 0, ManyEpochs);
        rules.Range("training:validationImages", options.Training.ValidationImages, 0, ManyEpochs);
        rules.Range("training:auxiliaryWeight", options.Training.AuxiliaryWeight, 0, 1000);
        rules.Range("training:distillationWeight", options.Training.DistillationWeight, 0, 1000);
        return rules;
    }

    /// <summary>Checked by the space itself.</summary>
    private void Space(SpaceOptions space)
    {
        ranges["space:height"] = ranges["space:width"] = Sides;
        ranges["space:fch"] = ConfigurationRange.Numbers(1, 256);
        ranges["space:layers"] = ConfigurationRange.Numbers(4, 64);
        ranges["space:classes"] = ConfigurationRange.Numbers(2, 255);
        try
        {
            space.ToSpace();
        }
        catch (UsageException exception)
        {
            faults.Add(exception.Message);
        }
    }

    private void Data(DataOptions data)
    {
        Numbers("data:scales", data.Scales, count: null, scale => scale is > 0 and <= 16, "scales above 0, at most 16");
        Range("data:prefetch", data.Prefetch, 1, 1024);
        Range("data:workers", data.Workers, 1, 1024);
        Side("data:syntheticHeight", data.SyntheticHeight);
        Side("data:syntheticWidth", data.SyntheticWidth);
        Range("data:syntheticImages", data.SyntheticImages, 1, 1_000_000);
    }

    private void Measuring(MeasuringOptions measuring)
    {
        OneOf("measuring:provider", measuring.Provider, [.. ExecutionProviders.All]);
        OneOf("measuring:precision", measuring.Precision, [.. Precisions.All]);
        Range("measuring:threads", measuring.Threads, 0, 1024);
        Range("measuring:batchSize", measuring.BatchSize, 0, 1024);
        Range("measuring:relativeHalfWidth", measuring.RelativeHalfWidth, 0, 1);
        Range("measuring:minimumSamples", measuring.MinimumSamples, 0, 1_000_000);
        Range("measuring:maximumSeconds", measuring.MaximumSeconds, 0, 86_400);
        Range("measuring:sessions", measuring.Sessions, 0, 99);
        Range("measuring:quietSeconds", measuring.QuietSeconds ?? 0, 0, 86_400);
    }

    private void Phase(string section, PhaseOptions phase)
    {
        Range(section + ":epochs", phase.Epochs, 0, ManyEpochs);
        Range(section + ":stepsPerEpoch", phase.StepsPerEpoch, 0, ManyEpochs);
        Range(section + ":batch", phase.Batch, 1, 4096);
        Side(section + ":cropHeight", phase.CropHeight);
        Side(section + ":cropWidth", phase.CropWidth);
        ranges[section + ":accumulation"] = ConfigurationRange.Numbers(1, null);
        // The zoomed operators' maps are 1/64 of the crop, and a batch norm needs two values of each channel.
        if (phase.Accumulation < 1 || phase.Batch % phase.Accumulation != 0)
            Add(
                $"{section}:accumulation is {phase.Accumulation}, which does not divide the "
                    + $"batch of {phase.Batch}; use 1 for the whole batch at once."
            );
        else if (phase.Batch == phase.Accumulation && phase.CropHeight / 64 * (phase.CropWidth / 64) < 2)
            Add(
                $"{section}:batch / accumulation is 1 with a crop of {phase.CropHeight}x{phase.CropWidth}, too little to "
                    + "normalize over; use 2 images, or a crop of 64x128."
            );
        Range(section + ":downSampling", phase.DownSampling, 1, 32);
        Range(section + ":learningRate", phase.LearningRate, 0, 100);
        Range(section + ":learningRateDecay", phase.LearningRateDecay, 1e-6, 1);
        Range(section + ":polyPower", phase.PolyPower, 0, 10);
        Range(section + ":momentum", phase.Momentum, 0, 1);
        Range(section + ":weightDecay", phase.WeightDecay, 0, 1);
        Range(section + ":gradientClip", phase.GradientClip, 0, 1e9);
        Range(section + ":hardThreshold", phase.HardThreshold, 0, 1);
        Range(section + ":hardShare", phase.HardShare, 0, 1);
        Range(section + ":checkpointSteps", phase.CheckpointSteps, 1, ManyEpochs);
    }

    private void OneShot(OneShotOptions search)
    {
        Phase("oneShot", search);
        LabelDownSampling("oneShot", search, search.LabelDownSampling);
        Range("oneShot:paths", search.Paths, 1, 1024);
        Range("oneShot:inPlaceDistillation", search.InPlaceDistillation, 0, 1000);
        Range("oneShot:supernets", search.Supernets, 1, 100);
        Range("oneShot:snapshots", search.Snapshots, 1, 100);
        Range("oneShot:snapshotShare", search.SnapshotShare, 0.001, 1);
        if (search.Epochs == 0 && (search.Supernets > 1 || search.Snapshots > 1))
            Add(
                "oneShot:epochs is 0, and what nobody has trained is not worth averaging; set oneShot:epochs, or leave oneShot:supernets "
                    + "and oneShot:snapshots at 1."
            );
        else if (search.StepsPerEpoch > 0 && SnapshotSteps.Fault(search, search.Epochs * (long)search.StepsPerEpoch) is { } fault)
            Add(fault);
        Range("oneShot:heldOut", search.HeldOut, 0, 1);
        Range("oneShot:calibrationBatches", search.CalibrationBatches, 1, 10_000);
        Range("oneShot:adaptationSteps", search.AdaptationSteps, 0, 10_000);
        Range("oneShot:adaptedNetworks", search.AdaptedNetworks, 1, 1_000_000);
        Range("oneShot:adaptedDescendants", search.AdaptedDescendants, 0, 1_000_000);
        Range("oneShot:adaptationRungs", search.AdaptationRungs, 1, 4);
        Range("oneShot:adaptationRate", search.AdaptationRate, 0, 100);
        Range("oneShot:networks", search.Networks, 1, 1_000_000);
        Range("oneShot:population", search.Population, 1, 1_000_000);
        Range("oneShot:parents", search.Parents, 1, 1_000_000);
        Range("oneShot:mutation", search.Mutation, 0, 1);
    }

    private void LabelDownSampling(string section, PhaseOptions phase, int factor)
    {
        ranges[section + ":labelDownSampling"] = ConfigurationRange.Numbers(1, null);
        if (factor < 1 || phase.CropHeight % factor != 0 || phase.CropWidth % factor != 0)
            Add(
                $"{section}:labelDownSampling is {factor}, which does not divide the crop of "
                    + $"{phase.CropHeight}x{phase.CropWidth}; use 1, 2, 4 or 8."
            );
    }

    private void Searching(SearchingOptions searching)
    {
        Range("searching:architectureLearningRate", searching.ArchitectureLearningRate, 0, 100);
        Range("searching:latencyWeight", searching.LatencyWeight, 0, 1e6);
        Range("searching:latencyPenalty", searching.LatencyPenalty, 0, 1e6);
        Numbers("searching:decoupledWeights", searching.DecoupledWeights, count: 3, weight => weight >= 0, "three weights of 0 or more");
        if (!LatencyTarget.IsAuto(searching.Target))
            Sentence("searching:target", () => LatencyTarget.Parse(searching.Target));
    }

    private void Range(string key, double value, double low, double high)
    {
        ranges[key] = ConfigurationRange.Numbers(low, high);
        if (!(value >= low && value <= high))
            Add(FormattableString.Invariant($"{key} is {value}, outside {low} to {high}."));
    }

    private void Side(string key, int side)
    {
        ranges[key] = Sides;
        if (side <= 0 || side > 16384 || side % SearchSpace.SideMultiple != 0)
            Add($"{key} is {side}, not a multiple of {SearchSpace.SideMultiple} between {SearchSpace.SideMultiple} and 16384.");
    }

    private void OneOf(string key, string value, params string[] allowed)
    {
        ranges[key] = ConfigurationRange.OneOf(allowed);
        if (!allowed.Contains(value, StringComparer.Ordinal))
            Add($"{key} is '{value}', not one of {string.Join(", ", allowed)}.");
    }

    private void Numbers(string key, string text, int? count, Predicate<double> allowed, string wanted) => Sentence(key, () =>
        {
            double[] numbers = NumberList.Parse(text);
            if (numbers.Length != (count ?? numbers.Length) || !Array.TrueForAll(numbers, allowed))
                Add($"{key} is '{text}', not {wanted}.");
        });

    private void Sentence(string key, Action parse)
    {
        try
        {
            parse();
        }
        catch (UsageException exception)
        {
            Add($"{key}: {exception.Message}");
        }
    }

    private void Add(string fault) => faults.Add(fault);
}
