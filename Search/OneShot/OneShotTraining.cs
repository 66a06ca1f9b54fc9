using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>Trains the shared weights: some networks a step on one batch, their gradients summed.</summary>
public sealed class OneShotTraining : IDisposable
{
    private const string Phase = "one_shot";

    // Apart from the seeds of the other phases.
    private const int PathSeed = 20,
        BatchSeed = 21;

    private readonly FasterSegOptions options;
    private readonly OneShotOptions phase;
    private readonly ISampleSource images;
    private readonly PathSampler sampler;
    private readonly CheckpointFile checkpoint;
    private readonly RunFolder run;
    private readonly Device device;
    private readonly IProgressReporter reporter;
    private readonly ClippedDescent descent;
    private BatchPosition position;

    /// <summary>Makes a training that starts anew; <see cref="Resume"/> takes it to its checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="images">What the weights are trained on.</param>
    /// <param name="table">Latencies on the target, over which the networks are spread.</param>
    /// <param name="targetMs">The latency that the search aims at, ms.</param>
    /// <param name="run">Where the checkpoint and the scalars go.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    public OneShotTraining(
        FasterSegOptions options,
        ISampleSource images,
        LatencyTable table,
        double targetMs,
        RunFolder run,
        Device device,
        IProgressReporter reporter
    )
    {
        (this.options, phase, this.images, this.run, this.device, this.reporter) = (
            options,
            options.OneShot,
            images,
            run,
            device,
            reporter
        );
        sampler = new PathSampler(options.Space.ToSpace(), table, targetMs, options.Seed + PathSeed);
        manual_seed(options.Seed);
        Supernet = new OneShotSupernet(options.Space.ToSpace()).to(device);
        descent = new ClippedDescent(Supernet.parameters(), phase);
        checkpoint = CheckpointOf(run);
    }

    /// <summary>The shared weights of a search that has trained them to the end.</summary>
    /// <param name="run">The search's folder.</param>
    /// <param name="options">Its configuration.</param>
    /// <param name="device">Where they shall live.</param>
    /// <exception cref="UserErrorException">There are none, or their training has not come to its end.</exception>
    public static OneShotSupernet Load(RunFolder run, FasterSegOptions options, Device device)
    {
        var supernet = new OneShotSupernet(options.Space.ToSpace());
        int epochs = CheckpointOf(run)
            .Read(
                reader =>
                {
                    int epoch = reader.ReadInt32();
                    reader.ReadInt32();
                    supernet.load(reader);
                    return epoch;
                },
                wholeFile: false
            );
        return epochs >= options.OneShot.Epochs
            ? supernet.to(device)
            : throw new UserErrorException(
                CommandText.Below(
                    FormattableString.Invariant($"The search of {run.Path} has done {epochs} of {options.OneShot.Epochs} epochs: go on ")
                        + "with it first:",
                    CommandText.Of("fasterseg", "search", "--resume", "--data", "KIND:DIR", "--out", run.Path)
                )
            );
    }

    /// <summary>The shared weights.</summary>
    public OneShotSupernet Supernet { get; }

    /// <summary>Whether there is something to resume.</summary>
    public bool HasCheckpoint => checkpoint.Exists;

    /// <summary>Takes everything to the run's checkpoint.</summary>
    /// <exception cref="UserErrorException">It is damaged, or of another space or method.</exception>
    public void Resume() =>
        position = checkpoint.Read(reader =>
        {
            var at = new BatchPosition(reader.ReadInt32(), reader.ReadInt32());
            Supernet.load(reader);
            descent.Optimizer.load_state_dict(reader);
            set_rng_state(TensorExtensionMethods.Load(reader));
            return at;
        });

    /// <summary>Whether no step is left.</summary>
    public bool IsDone => position.Epoch >= phase.Epochs;

    /// <summary>Trains to the end.</summary>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    public void Run(CancellationToken cancellation)
    {
        var plan = BatchPlan.From(images, options.Data, phase, options.Seed + BatchSeed, phase.LabelDownSampling);
        using var batches = new BatchSource(plan, options.Data, position);
        using var log = ScalarLog.Open(run, Phase, position, plan.StepsPerEpoch);
        Supernet.train();
        (int Epoch, IReadOnlyList<NetworkPlan> Networks) paths = (-1, []);
        new PhaseLoop(Phase, phase, plan.StepsPerEpoch).Run(
            position,
            (at, rate) =>
            {
                if (paths.Epoch != at.Epoch)
                    paths = (at.Epoch, sampler.Epoch(at.Epoch, plan.StepsPerEpoch * phase.Paths));
                Batch batch = batches.Next();
                var (pictures, labels) = batch.ToTensors(device);
                // Without a gradient, and not with one of 0: decay and momentum must not move what no network of the step uses.
                Supernet.zero_grad(set_to_none: true);
                NetworkPlan[] networks = [.. paths.Networks.Skip(at.Step * phase.Paths).Take(phase.Paths)];
                double loss = Backward(phase.Sandwich ? Sandwich(networks) : networks, pictures, labels);
                double gradient = descent.Step(rate);
                return new([("loss", loss), (GradientNorm.Scalar, gradient)], batch.Names);
            },
            new(checkpoint, next => Save(position = next)),
            log,
            reporter,
            cancellation
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        descent.Dispose();
        Supernet.Dispose();
    }

    private static CheckpointFile CheckpointOf(RunFolder run) => new(run.SearchCheckpoint.Path, "one-shot search");

    private void Save(BatchPosition at) =>
        checkpoint.Write(writer =>
        {
            writer.Write(at.Epoch);
            writer.Write(at.Step);
            Supernet.save(writer);
            descent.Optimizer.save_state_dict(writer);
            using Tensor random = get_rng_state();
            TensorExtensionMethods.Save(random, writer);
        });

    /// <summary>The first network with its maps at their widest, the second with its at their narrowest.</summary>
    private NetworkPlan[] Sandwich(NetworkPlan[] networks)
    {
        var space = options.Space.ToSpace();
        networks[0] = At(networks[0], space.WidthRatios[^1]);
        if (networks.Length > 1)
            networks[1] = At(networks[1], space.WidthRatios[0]);
        return networks;

        NetworkPlan At(NetworkPlan plan, double ratio)
        {
            DerivedArchitecture network = plan.Architecture;
            BranchArchitecture Of(BranchArchitecture branch) => branch with { Widths = [.. branch.Widths.Select(_ => ratio)] };
            return NetworkPlan.Of(network with { Deep = Of(network.Deep), Shallow = Of(network.Shallow) }, space);
        }
    }

    /// <summary>Each network goes backward on its own, so that one network's maps are in memory; gradients add up.</summary>
    private double Backward(NetworkPlan[] networks, Tensor pictures, Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        OhemCrossEntropy criterion = OhemCrossEntropy.For(phase, labels);
        Tensor? first = null;
        double sum = 0;
        foreach (NetworkPlan network in networks)
        {
            using IDisposable pass = NewDisposeScope();
            Tensor logits = Networks.Layers.Bilinear.Resize(Supernet.Forward(pictures, network), labels.shape[1], labels.shape[2]);
            Tensor loss = criterion.Loss(logits, labels);
            sum += loss.ToDouble();
            if (phase.InPlaceDistillation > 0)
            {
                Tensor own = logits.log_softmax(1);
                if (first is null)
                    first = own.detach().MoveToOuterDisposeScope();
                else
                    // KL(first || own), summed over classes and averaged over pixels.
                    loss = loss + (phase.InPlaceDistillation * (first.exp() * (first - own)).sum(1).mean());
            }
            loss.backward();
        }
        return sum / networks.Length;
    }
}
