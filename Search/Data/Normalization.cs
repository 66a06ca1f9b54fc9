namespace FasterSeg.Search.Data;

/// <summary>
/// The networks' input: (value / 255 - mean) / standard deviation, in the order red, green, blue (the released code's, which
/// are ImageNet's). The mean colour becomes 0, which is what pictures are padded with.
/// </summary>
public static class Normalization
{
    /// <summary>Channels of a picture.</summary>
    public const int Channels = 3;

    // Arrays, not the lists below: these are read for every pixel.
    private static readonly float[] Means = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviations = [0.229f, 0.224f, 0.225f];

    /// <summary>Mean of red, green and blue, in 0 to 1.</summary>
    public static IReadOnlyList<float> Mean => Means;

    /// <summary>Standard deviation of red, green and blue, in 0 to 1.</summary>
    public static IReadOnlyList<float> StandardDeviation => Deviations;

    /// <summary>A value in 0 to 255 of one channel, as the networks take it.</summary>
    public static float Normalize(float value, int channel) => (value / 255f - Means[channel]) / Deviations[channel];
}
