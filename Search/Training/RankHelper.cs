using System.Runtime.ExceptionServices;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Collectives;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>Every rank but the first: does what that one says, reads nothing but images, and writes nothing.</summary>
public sealed class RankHelper : IDisposable
{
    private readonly ICollective ranks;
    private readonly string location;
    private readonly Func<string> device;
    private readonly CancellationToken interrupted;
    private TrainingReplica? replica;
    private ReplicaVector? vector;
    private BatchPlan? plan;
    private BatchSource? batches;
    private DataOptions? reading;
    private BatchPosition next;

    private RankHelper(ICollective ranks, string location, Func<string> device, CancellationToken interrupted) =>
        (this.ranks, this.location, this.device, this.interrupted) = (ranks, location, device, interrupted);

    /// <summary>Works until the first rank says that it is enough, or a rank fails.</summary>
    /// <param name="ranks">All ranks.</param>
    /// <param name="location">The images, see <see cref="DatasetLocator"/>.</param>
    /// <param name="device">Name of torch's device.</param>
    /// <param name="interrupted">The user wants to end; the first rank is told, saves and ends all.</param>
    /// <exception cref="RankFailedException">Another rank failed. Where this one did, its own exception is thrown.</exception>
    public static void Run(ICollective ranks, string location, Func<string> device, CancellationToken interrupted)
    {
        using var helper = new RankHelper(ranks, location, device, interrupted);
        using var still = new StillCollector();
        while (true)
        {
            RankCommand told = RankCommand.Broadcast(ranks);
            switch (told.Kind)
            {
                case RankCommandKind.End:
                    return;
                case RankCommandKind.Begin:
                    helper.Begin();
                    break;
                case RankCommandKind.Teacher:
                    RankStep.Share(ranks, new ReplicaVector(helper.replica!.Teacher!), helper.replica.Device);
                    break;
                case RankCommandKind.Weights:
                    RankStep.Share(ranks, helper.vector!, helper.replica!.Device);
                    break;
                case RankCommandKind.Step:
                    still.Renew();
                    helper.Step(told.At);
                    break;
                default:
                    throw new InvalidOperationException($"The first rank says {told.Kind}, which nobody knows.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        batches?.Dispose();
        replica?.Teacher?.Dispose();
        replica?.Network.Dispose();
    }

    private void Begin()
    {
        string task = ranks.Broadcast();
        ExceptionDispatchInfo? fault = null;
        try
        {
            Prepare(RankTask.Read(task));
        }
        catch (Exception e)
        {
            fault = ExceptionDispatchInfo.Capture(e);
        }
        RankStep.Ready(ranks, fault);
    }

    private void Prepare(RankTask task)
    {
        if (task.Build != RankTask.ThisBuild)
            throw new UsageException("This is another build of fasterseg than the first rank's: put the same one on all machines.");
        FasterSegOptions options = ConfigurationLoader.Read(task.Configuration);
        // What is left out as faulty is left out by the first rank, too, or its fingerprint is another one.
        SegmentationDataset data = DatasetLocator.Open(location, options.Data, _ => { });
        var images = DatasetFingerprint.Of(data);
        if (images.Sha256 != task.Images)
            throw new UsageException(
                $"{location} is {images} here and {task.ImagesInWords} where the first rank runs, with other files or sizes: copy the "
                    + "images so that they are the same."
            );
        Device torch = TorchDevice.Open(device(), options.Threads, options.Kernels);
        plan = NetworkTraining.Plan(options, data).Slice(ranks.Rank, ranks.Size);
        reading = options.Data;
        replica = new(
            Network(task.Network, torch),
            task.Teacher is null ? null : Network(task.Teacher, torch),
            torch,
            options.Training,
            ranks.Size
        );
        replica.Network.train();
        replica.Teacher?.eval();
        vector = new ReplicaVector(replica.Network);
    }

    private static DerivedNetwork Network(string json, Device device) =>
        new DerivedNetwork(DerivedArchitectureJson.Read(json), auxiliary: true).to(device);

    private void Step(BatchPosition at)
    {
        using IDisposable scope = NewDisposeScope();
        RankStep.Run(ranks, vector!, () => Slice(at), interrupted.IsCancellationRequested);
    }

    private StepLosses Slice(BatchPosition at)
    {
        if (batches is null || next != at)
        {
            batches?.Dispose();
            batches = new BatchSource(plan!, reading!, at);
        }
        next = plan!.After(at);
        replica!.Network.zero_grad();
        var (images, labels) = batches.Next().ToTensors(replica.Device);
        return replica.Backward(images, labels);
    }
}
