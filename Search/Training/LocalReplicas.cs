using System.Runtime.ExceptionServices;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>One or several replicas in this process. Each of several computes on a thread of its own; what they have computed is added in
/// their order, so the same bits come out whoever is first.</summary>
internal sealed class LocalReplicas : IReplicas
{
    private readonly TrainingReplica[] replicas;
    private readonly ReplicaVector[] vectors;
    private readonly ReplicaThread[] threads;
    private readonly List<DerivedNetwork> copies = [];

    /// <summary>Copies a network and its teacher to more devices.</summary>
    /// <param name="first">The first replica, with the weights of all.</param>
    /// <param name="devices">Of all, the first one's first.</param>
    /// <param name="training">The configuration.</param>
    public LocalReplicas(TrainingReplica first, IReadOnlyList<Device> devices, TrainingOptions training)
    {
        replicas =
        [
            first,
            .. devices
                .Skip(1)
                .Select(device => new TrainingReplica(Copy(first.Network, device), Teacher(device), device, training, devices.Count)),
        ];
        vectors = [.. replicas.Select(replica => new ReplicaVector(replica.Network))];
        threads = [.. devices.Skip(1).Select((_, i) => new ReplicaThread($"replica {i + 1}", get_num_threads()))];

        // What only answers may be asked by several threads at once.
        DerivedNetwork? Teacher(Device device) =>
            first.Teacher is null || (device.type == first.Device.type && device.index == first.Device.index)
                ? first.Teacher
                : Copy(first.Teacher, device);

        DerivedNetwork Copy(DerivedNetwork network, Device device)
        {
            copies.Add(network.CopyTo(device));
            return copies[^1];
        }
    }

    /// <inheritdoc/>
    public BatchPlan Slice(BatchPlan plan) => plan;

    /// <inheritdoc/>
    public StepLosses Backward(Batch batch)
    {
        if (replicas.Length == 1)
        {
            var (images, labels) = batch.ToTensors(replicas[0].Device);
            return replicas[0].Backward(images, labels);
        }
        using IDisposable scope = NewDisposeScope();
        (Tensor Images, Tensor Bytes) whole = batch.OnCpu();
        Task<StepLosses>[] others = [.. threads.Select((thread, i) => thread.Start(() => Slice(whole, i + 1)))];
        StepLosses sum = default;
        ExceptionDispatchInfo? fault = null;
        // All come to their end, whichever fails: the images are theirs until then.
        foreach (
            Func<StepLosses> slice in others.Select(other => (Func<StepLosses>)other.GetAwaiter().GetResult).Prepend(() => Slice(whole, 0))
        )
        {
            try
            {
                sum += slice();
            }
            catch (Exception e)
            {
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        fault?.Throw();
        Tensor sums = vectors[0].Step();
        for (int i = 1; i < replicas.Length; i++)
            sums.add_(vectors[i].Step().to(replicas[0].Device));
        vectors[0].TakeStep(sums, replicas.Length);
        return sum;
    }

    /// <inheritdoc/>
    public void Share()
    {
        if (replicas.Length == 1)
            return;
        using IDisposable scope = NewDisposeScope();
        Tensor state = vectors[0].State();
        for (int i = 1; i < replicas.Length; i++)
            vectors[i].TakeState(state.to(replicas[i].Device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ReplicaThread thread in threads)
            thread.Dispose();
        foreach (DerivedNetwork copy in copies)
            copy.Dispose();
    }

    private StepLosses Slice((Tensor Images, Tensor Bytes) whole, int index)
    {
        TrainingReplica replica = replicas[index];
        using IDisposable scope = NewDisposeScope();
        if (index > 0)
            replica.Network.zero_grad();
        long size = whole.Images.shape[0] / replicas.Length;
        return replica.Backward(
            whole.Images.narrow(0, index * size, size).to(replica.Device),
            whole.Bytes.narrow(0, index * size, size).to(ScalarType.Int64, replica.Device)
        );
    }
}
