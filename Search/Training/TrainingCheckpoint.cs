using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>State of a training in a file: how far it is, the weights, the optimizer and torch's generator.</summary>
/// <param name="file">Where it lies.</param>
/// <param name="replicas">How many replicas train the network: another number makes other gradients.</param>
public sealed class TrainingCheckpoint(CheckpointFile file, int replicas = 1)
{
    // Of whoever wants the trained network, and has no training to resume.
    private const string Restore = "restore it, or move it away and train the network anew";

    /// <summary>Where it lies.</summary>
    public CheckpointFile File { get; } = file;

    /// <summary>Replaces the checkpoint.</summary>
    public void Save(DerivedNetwork network, OptimizerHelper optimizer, BatchPosition position) =>
        File.Write(writer =>
        {
            writer.Write(DerivedArchitectureJson.Write(network.Architecture));
            // Those of one replica are as they ever were.
            if (replicas > 1)
                writer.Write(-replicas);
            writer.Write(position.Epoch);
            writer.Write(position.Step);
            network.save(writer);
            optimizer.save_state_dict(writer);
            using Tensor random = get_rng_state();
            TensorExtensionMethods.Save(random, writer);
        });

    /// <summary>Brings network, optimizer and generator to the checkpoint.</summary>
    /// <returns>The next step.</returns>
    public BatchPosition Load(DerivedNetwork network, OptimizerHelper optimizer) =>
        File.Read(reader =>
        {
            if (!Network(reader).Equals(network.Architecture))
                throw new UserErrorException(
                    $"The checkpoint {File.Path} belongs to another network than the run's: start anew without --resume."
                );
            (int began, int epoch) = Head(reader);
            RequireSame(began);
            var position = new BatchPosition(epoch, reader.ReadInt32());
            network.load(reader);
            optimizer.load_state_dict(reader);
            set_rng_state(TensorExtensionMethods.Load(reader));
            return position;
        });

    /// <summary>Passes a training that goes on with as many replicas as it began with; reads only the beginning.</summary>
    /// <exception cref="UsageException">It began with another number.</exception>
    public void RequireReplicas() =>
        RequireSame(
            File.Read(
                reader =>
                {
                    reader.ReadString();
                    return Head(reader).Replicas;
                },
                wholeFile: false
            )
        );

    /// <summary>Epochs of training behind it; 0 where there is none.</summary>
    public int Epochs() =>
        File.Exists
            ? File.Read(
                reader =>
                {
                    reader.ReadString();
                    return Head(reader).Epoch;
                },
                wholeFile: false,
                Restore
            )
            : 0;

    /// <summary>The network with its weights, in evaluation mode, without its auxiliary heads in use.</summary>
    /// <param name="device">Where it shall live.</param>
    /// <param name="epochs">Epochs of training behind it.</param>
    /// <param name="require">Throws where the network is not the one that is wanted, before its weights are read.</param>
    public DerivedNetwork LoadNetwork(Device device, out int epochs, Action<DerivedArchitecture>? require = null)
    {
        (DerivedNetwork network, int done) = File.Read(
            reader =>
            {
                DerivedArchitecture architecture = Network(reader);
                require?.Invoke(architecture);
                var loaded = new DerivedNetwork(architecture, auxiliary: true);
                int epoch = Head(reader).Epoch;
                reader.ReadInt32();
                loaded.load(reader);
                return (loaded, epoch);
            },
            wholeFile: false,
            Restore
        );
        epochs = done;
        network.eval();
        return network.to(device);
    }

    /// <summary>What stands behind the network: where there is more than one replica, their number below zero; then the epoch.</summary>
    private static (int Replicas, int Epoch) Head(BinaryReader reader)
    {
        int first = reader.ReadInt32();
        return first < 0 ? (-first, reader.ReadInt32()) : (1, first);
    }

    private void RequireSame(int began)
    {
        if (began != replicas)
            throw new UsageException(
                FormattableString.Invariant($"The training in {File.Path} began with {Plural.Of(began, "replica")}, and this command has ")
                    + FormattableString.Invariant($"{replicas}, which would see other parts of each batch: name ")
                    + FormattableString.Invariant($"{Plural.Of(began, "device")} ")
                    + (began > 1 ? FormattableString.Invariant($"with --device (or start {began} processes with mpirun)") : "with --device")
                    + ", or move the checkpoint away to train anew."
            );
    }

    private DerivedArchitecture Network(BinaryReader reader) =>
        RunFile.Checked(() => DerivedArchitectureJson.Read(reader.ReadString(), File.Path));
}
