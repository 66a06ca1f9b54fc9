using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Searching;

/// <summary>How far a search has come.</summary>
/// <param name="Pretrain">The next step of pretraining.</param>
/// <param name="Search">The next step of the search.</param>
/// <param name="LatencyWeight">Weight of the latency in ms.</param>
public sealed record SearchProgress(BatchPosition Pretrain, BatchPosition Search, double LatencyWeight)
{
    /// <summary>What steers the weight at each step, once the search has begun with <see cref="WeightRule.Lagrangian"/>.</summary>
    public AugmentedLagrangian? Lagrangian { get; init; }

    /// <summary>Writes the numbers.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="rule">The search's: other rules keep nothing more than the weight.</param>
    public void Write(BinaryWriter writer, WeightRule rule)
    {
        foreach (int number in new[] { Pretrain.Epoch, Pretrain.Step, Search.Epoch, Search.Step })
            writer.Write(number);
        writer.Write(LatencyWeight);
        if (rule != WeightRule.Lagrangian)
            return;
        writer.Write(Lagrangian is not null);
        Lagrangian?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="rule">The one that it was written with.</param>
    public static SearchProgress Read(BinaryReader reader, WeightRule rule)
    {
        var progress = new SearchProgress(
            new BatchPosition(reader.ReadInt32(), reader.ReadInt32()),
            new BatchPosition(reader.ReadInt32(), reader.ReadInt32()),
            reader.ReadDouble()
        );
        return rule == WeightRule.Lagrangian && reader.ReadBoolean()
            ? progress with
            {
                Lagrangian = AugmentedLagrangian.Read(reader),
            }
            : progress;
    }
}
