namespace FasterSeg.Search.Data;

/// <summary>The samples of one training step, augmented, in plain memory (see <see cref="BatchTensors"/>).</summary>
/// <param name="Position">The step that it is for.</param>
/// <param name="Names">Names of the samples; of a step that is made in parts, those of all parts.</param>
/// <param name="Images">Normalized pictures: N x 3 x H x W.</param>
/// <param name="ImageShape">(N, 3, H, W).</param>
/// <param name="Labels">Labels, 255 to ignore: N x h x w.</param>
/// <param name="LabelShape">(N, h, w).</param>
public sealed record Batch(
    BatchPosition Position,
    IReadOnlyList<string> Names,
    float[] Images,
    IReadOnlyList<long> ImageShape,
    byte[] Labels,
    IReadOnlyList<long> LabelShape
);
