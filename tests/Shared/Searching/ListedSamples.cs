using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Data;

namespace FasterSeg.Tests;

/// <summary>Samples that a test made up; counts how often each is loaded.</summary>
internal sealed class ListedSamples(params Sample[] samples) : ISampleSource
{
    private readonly int[] loads = new int[samples.Length];

    public int Count => samples.Length;

    public IReadOnlyList<int> Loads => loads;

    public Sample Load(int index)
    {
        Interlocked.Increment(ref loads[index]);
        return samples[index];
    }

    /// <summary>Small samples without structure, whose names are their indices.</summary>
    public static ListedSamples Random(int count, int height = 40, int width = 48) =>
        new([
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var random = new StableRandom(77, i);
                    var image = new RgbImage(height, width);
                    byte[] label = new byte[height * width];
                    for (int p = 0; p < image.Pixels.Length; p++)
                        image.Pixels[p] = (byte)random.Next(256);
                    for (int p = 0; p < label.Length; p++)
                        label[p] = (byte)random.Next(4);
                    return new Sample($"{i}", image, new LabelMap(height, width, label));
                }),
        ]);
}
