namespace FasterSeg.Search.Data;

/// <summary>Smaller versions of whole samples.</summary>
public static class SampleReduction
{
    /// <summary>The sample at 1/factor of its size.</summary>
    public static Sample Reduced(this Sample sample, int factor) =>
        factor == 1
            ? sample
            : sample with
            {
                Image = sample.Image.Resize(sample.Image.Height / factor, sample.Image.Width / factor),
                Label = sample.Label.Resize(sample.Label.Height / factor, sample.Label.Width / factor),
            };
}
