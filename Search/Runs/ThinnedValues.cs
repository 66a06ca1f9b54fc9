namespace FasterSeg.Search.Runs;

/// <summary>A scalar's values as they come in, in a bounded room: where there are too many, each two neighbours become one.</summary>
internal sealed class ThinnedValues
{
    /// <summary>Points that are kept at most; a chart shows far fewer.</summary>
    public const int Most = 2048;

    private readonly List<Bucket> buckets = [];
    private long each = 1;

    private readonly record struct Bucket(long Count, double Epochs, double Steps, double Sum, double Low, double High)
    {
        public static Bucket Of(int epoch, int step, double value) => new(1, epoch, step, value, value, value);

        public Bucket And(Bucket other) =>
            new(
                Count + other.Count,
                Epochs + other.Epochs,
                Steps + other.Steps,
                Sum + other.Sum,
                Math.Min(Low, other.Low),
                Math.Max(High, other.High)
            );
    }

    /// <summary>The value that came in last.</summary>
    public double Last { get; private set; }

    /// <summary>Takes a value.</summary>
    public void Add(int epoch, int step, double value)
    {
        Last = value;
        var one = Bucket.Of(epoch, step, value);
        if (buckets.Count > 0 && buckets[^1].Count < each)
        {
            buckets[^1] = buckets[^1].And(one);
            return;
        }
        if (buckets.Count == Most)
        {
            for (int i = 0; i < Most / 2; i++)
                buckets[i] = buckets[2 * i].And(buckets[(2 * i) + 1]);
            buckets.RemoveRange(Most / 2, Most / 2);
            each *= 2;
        }
        buckets.Add(one);
    }

    /// <summary>The series.</summary>
    /// <param name="phase">Its phase.</param>
    /// <param name="name">Its name.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch of the phase.</param>
    public ScalarSeries ToSeries(string phase, string name, long stepsPerEpoch) =>
        new(
            phase,
            name,
            [.. buckets.Select(one => (one.Epochs / one.Count) + (((one.Steps / one.Count) + 1) / stepsPerEpoch))],
            [.. buckets.Select(one => one.Sum / one.Count)]
        )
        {
            Lows = [.. buckets.Select(one => one.Low)],
            Highs = [.. buckets.Select(one => one.High)],
            Last = Last,
        };
}
