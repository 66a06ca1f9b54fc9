using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>Where the replicas of a training compute: on devices of this process, or one in each of several processes.</summary>
/// <param name="Devices">Of this process; each has a replica.</param>
/// <param name="Ranks">Speaks to the other processes, each of which has a replica more; null without any. Then there is one device.</param>
public sealed record ReplicaPlaces(IReadOnlyList<Device> Devices, RankLead? Ranks = null)
{
    /// <summary>How many replicas there are.</summary>
    public int Count => Ranks?.Count ?? Devices.Count;

    /// <summary>Where the network is that a training keeps.</summary>
    public Device First => Devices[0];

    /// <summary>One replica.</summary>
    public static implicit operator ReplicaPlaces(Device device) => new([device]);

    /// <summary>Passes a batch that divides over the replicas.</summary>
    /// <param name="training">Section <c>training</c>.</param>
    /// <param name="replicas">How many there are.</param>
    /// <exception cref="UsageException">It does not, or too little is left of it for a batch norm.</exception>
    public static void Require(TrainingOptions training, int replicas)
    {
        if (replicas == 1)
            return;
        int parts = replicas * training.Accumulation;
        string several =
            Invariant($"{replicas} replicas")
            + (training.Accumulation > 1 ? Invariant($" with training:accumulation={training.Accumulation}") : "");
        if (training.Batch % parts != 0)
            throw new UsageException(
                Invariant($"training:batch is {training.Batch}, which does not divide over {several}: set training:batch to a multiple ")
                    + Invariant($"of {parts}, or take fewer devices or processes.")
            );
        // As for accumulation: the zoomed operators' maps are 1/64 of the crop, and a batch norm needs two values of each channel.
        if (training.Batch == parts && training.CropHeight / 64 * (training.CropWidth / 64) < 2)
            throw new UsageException(
                Invariant($"training:batch is {training.Batch}, so each of {several} would normalize over one image with a crop of ")
                    + Invariant($"{training.CropHeight}x{training.CropWidth}, which is too little: set training:batch to {2 * parts}, ")
                    + "or a crop of 64x128."
            );
    }

    /// <summary>What a training with several says of them.</summary>
    /// <param name="training">Section <c>training</c>.</param>
    internal string Words(TrainingOptions training) =>
        Invariant($"{Count} replicas ({(Ranks is null ? string.Join(", ", Devices) : "one in each process")}), each with ")
        + Invariant($"{Plural.Of(training.Batch / Count, "image")} of a batch's {training.Batch}. Batch norms and hard pixels are those ")
        + "of a replica's own images; of the norms' running statistics the mean is kept.";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
