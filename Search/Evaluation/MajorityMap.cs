using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// The baseline that never looks at a picture: at each position, the class that is there most often in the training labels. A
/// network has learned to see only as far as it is better.
/// </summary>
public sealed class MajorityMap
{
    /// <summary>Counters that a map is learned with at most, 4 bytes each: 1024 x 2048 positions of 19 classes are within it.</summary>
    public const int MostCounters = 1 << 26;

    private readonly LabelMap map;

    private MajorityMap(LabelMap map, bool isEmpty) => (this.map, IsEmpty) = (map, isEmpty);

    /// <summary>Whether it was learned from no pixel at all, and so says nothing.</summary>
    public bool IsEmpty { get; }

    /// <summary>
    /// Counts the labels of a set, each resized (nearest) to one size: the given one or, where that takes more than
    /// <see cref="MostCounters"/>, the largest of about the same shape that does not. A tie goes to the lower class, and a position that
    /// every label ignores to the class that is the most frequent overall.
    /// </summary>
    /// <param name="samples">The training samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="height">Rows of the map.</param>
    /// <param name="width">Columns of the map.</param>
    /// <param name="cancellation">Stops the counting.</param>
    /// <exception cref="Latency.UserErrorException">A label is unusable; the message names its file.</exception>
    public static MajorityMap Learn(ISampleSource samples, int classes, int height, int width, CancellationToken cancellation = default)
    {
        (height, width) = Bounded(height, width, MostCounters / classes);
        int[] counts = new int[height * width * classes];
        long[] overall = new long[classes];
        for (int index = 0; index < samples.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] label = samples.LoadLabel(index).Resize(height, width).Classes;
            for (int i = 0; i < label.Length; i++)
            {
                if (label[i] == LabelMap.Ignore)
                    continue;
                counts[i * classes + label[i]]++;
                overall[label[i]]++;
            }
        }
        byte anywhere = (byte)overall.IndexOf(overall.Max());
        byte[] map = new byte[height * width];
        for (int i = 0; i < map.Length; i++)
        {
            Span<int> here = counts.AsSpan(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                if (here[c] > here[best])
                    best = c;
            }
            map[i] = here[best] == 0 ? anywhere : (byte)best;
        }
        return new MajorityMap(new LabelMap(height, width, map), isEmpty: overall.Max() == 0);
    }

    /// <summary>
    /// Learns the map from the training labels, at the size of the first, and tries it on the pixels of a split that a network would be
    /// evaluated on. Where no training pixel counts there is no map, and nothing is counted.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="split">Which images.</param>
    /// <param name="mode">How the network looks at them.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Latency.UserErrorException">A label is unusable; the message names its file.</exception>
    public static ConfusionMatrix Evaluate(
        SegmentationDataset data,
        string split,
        EvaluationMode mode,
        CancellationToken cancellation = default
    )
    {
        LabelMap first = data.Train.LoadLabel(0);
        MajorityMap majority = Learn(data.Train, data.Classes.Count, first.Height, first.Width, cancellation);
        ISampleSource samples = data.Split(split);
        var confusion = new ConfusionMatrix(data.Classes.Count);
        if (majority.IsEmpty)
            return confusion;
        for (int index = 0; index < samples.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            LabelMap label = samples.LoadLabel(index);
            confusion.Add(majority.Predict(label.Height, label.Width).Classes, mode.Fitted(label.Height, label.Width).Seen(label).Classes);
        }
        return confusion;
    }

    /// <summary>A size of at most so many positions and about the same shape.</summary>
    internal static (int Height, int Width) Bounded(int height, int width, int positions)
    {
        if ((long)height * width <= positions)
            return (height, width);
        double shrink = Math.Sqrt(positions / ((double)height * width));
        int rows = Math.Clamp((int)(height * shrink), 1, positions);
        return (rows, Math.Clamp((int)(width * shrink), 1, positions / rows));
    }

    /// <summary>The answer for any picture of a size.</summary>
    public LabelMap Predict(int height, int width) => map.Resize(height, width);
}
