using FasterSeg.Search.Data;

namespace FasterSeg.Search.Searching;

/// <summary>How far a search has come.</summary>
/// <param name="Pretrain">The next step of pretraining.</param>
/// <param name="Search">The next step of the search.</param>
/// <param name="LatencyWeight">Weight of the latency in ms.</param>
public sealed record SearchProgress(BatchPosition Pretrain, BatchPosition Search, double LatencyWeight)
{
    /// <summary>Writes the numbers.</summary>
    public void Write(BinaryWriter writer)
    {
        foreach (int number in new[] { Pretrain.Epoch, Pretrain.Step, Search.Epoch, Search.Step })
            writer.Write(number);
        writer.Write(LatencyWeight);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static SearchProgress Read(BinaryReader reader) =>
        new(
            new BatchPosition(reader.ReadInt32(), reader.ReadInt32()),
            new BatchPosition(reader.ReadInt32(), reader.ReadInt32()),
            reader.ReadDouble()
        );
}
