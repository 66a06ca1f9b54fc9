using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>data</c>: size and augmentation of images, and how many images the synthetic scenes have.</summary>
public sealed class DataOptions
{
    /// <summary>How images are brought to <c>space:height</c> x <c>space:width</c>.</summary>
    public ImageFit Fit { get; set; } = ImageFit.Resize;

    /// <summary>Scales, one drawn for each image, comma separated.</summary>
    public string Scales { get; set; } = "0.75, 1, 1.25";

    /// <summary>Mirror half of the images.</summary>
    public bool Mirror { get; set; } = true;

    /// <summary>Decoded batches that wait for the training thread.</summary>
    [Unit("batches")]
    public int Prefetch { get; set; } = 4;

    /// <summary>Threads that decode and augment.</summary>
    [Unit("threads")]
    public int Workers { get; set; } = 1;

    /// <summary>Rows of a synthetic image.</summary>
    [Unit("pixels")]
    public int SyntheticHeight { get; set; } = 256;

    /// <summary>Columns of a synthetic image.</summary>
    [Unit("pixels")]
    public int SyntheticWidth { get; set; } = 512;

    /// <summary>Training images of the synthetic set; a quarter as many again validate.</summary>
    [Unit("images")]
    public int SyntheticImages { get; set; } = 64;
}
