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
    // Apart from the seeds of the other phases.
    private const int PathSeed = 20,
        BatchSeed = 21;

    // Between two supernets: more than between the seeds of one.
    private const int SupernetSeeds = 1000;

    private readonly FasterSegOptions options;
    private readonly OneShotOptions phase;
    private readonly string name;
    private readonly int supernet;
    private readonly BatchPlan plan;
    private readonly PathSampler sampler;
    private readonly CheckpointFile checkpoint;
    private readonly int[] snapshots;
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
    /// <param name="supernet">Its number, from 1: each draws its weights, networks and batches from other seeds.</param>
    /// <exception cref="UsageException">Its last part has fewer steps than there are to be snapshots.</exception>
    public OneShotTraining(
        FasterSegOptions options,
        ISampleSource images,
        LatencyTable table,
        double targetMs,
        RunFolder run,
        Device device,
        IProgressReporter reporter,
        int supernet = 1
    )
    {
        (this.options, phase, this.supernet, this.run, this.device, this.reporter) = (
            options,
            options.OneShot,
            supernet,
            run,
            device,
            reporter
        );
        name = PhaseOf(supernet);
        int seed = unchecked(options.Seed + (SupernetSeeds * (supernet - 1)));
        plan = BatchPlan.From(images, options.Data, phase, seed + BatchSeed, phase.LabelDownSampling);
        snapshots = [.. SnapshotSteps.Of(phase, Steps)];
        sampler = new PathSampler(options.Space.ToSpace(), table, targetMs, seed + PathSeed);
        manual_seed(seed);
        Supernet = new OneShotSupernet(options.Space.ToSpace()).to(device);
        descent = new ClippedDescent(Supernet.parameters(), phase);
        checkpoint = CheckpointOf(run, supernet);
    }

    /// <summary>What the training of a supernet is called in a run's log.</summary>
    /// <param name="supernet">Its number, from 1.</param>
    public static string PhaseOf(int supernet) => supernet == 1 ? "one_shot" : FormattableString.Invariant($"one_shot_{supernet}");

    /// <summary>Steps from its beginning to its end.</summary>
    public int Steps => phase.Epochs * plan.StepsPerEpoch;

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
        using var batches = new BatchSource(plan, options.Data, position);
        using var log = ScalarLog.Open(run, name, position, plan.StepsPerEpoch);
        Supernet.train();
        (int Epoch, IReadOnlyList<NetworkPlan> Networks) paths = (-1, []);
        new PhaseLoop(name, phase, plan.StepsPerEpoch).Run(
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
                KeepSnapshot((at.Epoch * plan.StepsPerEpoch) + at.Step + 1, cancellation);
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

    /// <summary>The file of a supernet's training: epoch and step as int, the weights, and what else a training goes on with.</summary>
    internal static CheckpointFile CheckpointOf(RunFolder run, int supernet) => new(run.SupernetCheckpoint(supernet), "one-shot search");

    /// <summary>The file of a snapshot: how many there are in all, as int, and the weights.</summary>
    internal static CheckpointFile SnapshotOf(RunFolder run, int supernet, int snapshot) =>
        new(run.SupernetSnapshot(supernet, snapshot), "one-shot snapshot");

    /// <summary>Keeps the weights after one of the steps after which they are kept. A training that goes on from before that step comes to
    /// the same weights once more.</summary>
    private void KeepSnapshot(int done, CancellationToken cancellation)
    {
        int at = Array.IndexOf(snapshots, done);
        if (at < 0)
            return;
        CheckpointFile file = SnapshotOf(run, supernet, at + 1);
        new Patience(reporter).Run(
            name,
            () =>
                file.Write(writer =>
                {
                    writer.Write(phase.Snapshots);
                    Supernet.save(writer);
                }),
            cancellation
        );
    }

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
