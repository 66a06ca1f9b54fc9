namespace FasterSeg.Latency.Tables;

/// <summary>A decision between two operators, as each of two tables would take it.</summary>
/// <param name="One">An operator in both tables.</param>
/// <param name="Other">What could run in its place.</param>
/// <param name="AsFastCounts">Whether a table that has <paramref name="One"/> at most as slow as the other decides for it, be it by ever so
/// little: then what counts is whether it costs anything.</param>
public sealed record ComparedPair(ComparedEntry One, ComparedEntry Other, bool AsFastCounts = false)
{
    /// <summary>Two latencies that differ by less than this share of the smaller one are not told apart, however narrow their intervals
    /// are: two tables of one device differ by as much.</summary>
    public const double Margin = 0.02;

    /// <summary>Latency of the one over that of the other in the first table.</summary>
    public double FirstRatio => One.First.MedianMs / Other.First.MedianMs;

    /// <summary>The same in the second table.</summary>
    public double SecondRatio => One.Second.MedianMs / Other.Second.MedianMs;

    /// <summary>1 where the one is slower in the first table, -1 where it is faster, 0 where the table does not tell them apart.</summary>
    public int FirstSays => Says(One.First, Other.First);

    /// <summary>The same of the second table.</summary>
    public int SecondSays => Says(One.Second, Other.Second);

    /// <summary>Whether both tables decide.</summary>
    public bool IsDecided => FirstSays != 0 && SecondSays != 0;

    /// <summary>Whether they decide differently.</summary>
    public bool Flips => FirstSays * SecondSays < 0;

    /// <summary>By how much their answers differ, as the absolute logarithm of the ratio of the two ratios: the costs of deciding wrongly
    /// on the one device and on the other, added.</summary>
    public double Strength => Math.Abs(Math.Log(FirstRatio / SecondRatio));

    private int Says(LatencyEntry one, LatencyEntry other)
    {
        if (AsFastCounts && one.MedianMs <= other.MedianMs)
            return -1;
        bool told =
            ComparedEntry.AreApart(one, other)
            && Math.Abs(one.MedianMs - other.MedianMs) >= Margin * Math.Min(one.MedianMs, other.MedianMs);
        return told ? one.MedianMs.CompareTo(other.MedianMs) : 0;
    }
}
