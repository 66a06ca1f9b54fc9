using FasterSeg.Latency.Networks;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>The trained network of a run.</summary>
public static class TrainedNetwork
{
    /// <summary>
    /// Reads a role's network with its weights, in evaluation mode, and makes sure that it is the one which the run says that it has: with
    /// files of two runs in one folder, the figures of one network would stand beside the other's estimate.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="role">Teacher or student.</param>
    /// <param name="device">Where the network shall live.</param>
    /// <param name="epochs">Epochs of training behind it.</param>
    /// <exception cref="DamagedRunException">A file cannot be read, or the checkpoint holds another network.</exception>
    /// <exception cref="Latency.UserErrorException">The run has no such network, or it is not trained.</exception>
    public static DerivedNetwork Load(RunFolder run, Role role, Device device, out int epochs)
    {
        CheckpointFile file = run.TrainingCheckpoint(role);
        return new TrainingCheckpoint(file).LoadNetwork(device, out epochs, architecture =>
        {
            if (!architecture.Equals(RunFile.Network(run, role)))
                throw new DamagedRunException(
                    $"The checkpoint {file.Path} holds another network than {run.Architecture(role)}: restore the one that belongs to "
                        + "it, or move it away and train the network anew."
                );
        });
    }
}
