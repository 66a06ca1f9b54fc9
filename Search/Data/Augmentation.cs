using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>
/// What is done to a training sample: down-sampling and a random scale (one resize for both), a mirror, and a random crop.
/// Where the scaled picture is smaller than the crop it is centred, with the mean colour and <see cref="LabelMap.Ignore"/> around.
/// </summary>
/// <param name="Scales">Scales, one drawn for each sample.</param>
/// <param name="Mirror">Mirror half of the samples.</param>
/// <param name="DownSampling">Every scale is divided by this.</param>
/// <param name="CropHeight">Rows of the crop.</param>
/// <param name="CropWidth">Columns of the crop.</param>
/// <param name="LabelStride">The label is taken at every LabelStride-th pixel of the crop: 1, or 8 in the search.</param>
public sealed record Augmentation(
    IReadOnlyList<double> Scales,
    bool Mirror,
    int DownSampling,
    int CropHeight,
    int CropWidth,
    int LabelStride = 1
)
{
    /// <summary>Values of an augmented picture.</summary>
    public int ImageLength => Normalization.Channels * CropHeight * CropWidth;

    /// <summary>Values of an augmented label.</summary>
    public int LabelLength => CropHeight / LabelStride * (CropWidth / LabelStride);

    /// <summary>The augmentation of a training phase.</summary>
    public static Augmentation From(DataOptions data, PhaseOptions phase, int labelStride) =>
        new(NumberList.Parse(data.Scales), data.Mirror, phase.DownSampling, phase.CropHeight, phase.CropWidth, labelStride);

    /// <summary>Augments a sample.</summary>
    /// <param name="sample">The sample, which is left as it is.</param>
    /// <param name="random">Decides scale, mirror and crop.</param>
    /// <param name="image">Receives the normalized picture: 3 x CropHeight x CropWidth.</param>
    /// <param name="label">Receives the label: CropHeight / LabelStride x CropWidth / LabelStride.</param>
    public void Apply(Sample sample, StableRandom random, Span<float> image, Span<byte> label)
    {
        // All four numbers are drawn always, so that a sample's crop doesn't depend on whether mirroring is on.
        double scale = Scales[random.Next(Scales.Count)] / DownSampling;
        bool mirrored = random.NextBool() && Mirror;
        int height = Scaled(sample.Image.Height, scale),
            width = Scaled(sample.Image.Width, scale);
        int[] rows = Positions(height, CropHeight, random.NextDouble(), mirrored: false);
        int[] columns = Positions(width, CropWidth, random.NextDouble(), mirrored);
        CropImage(sample.Image, rows, height, columns, width, image);
        CropLabel(sample.Label, rows, height, columns, width, label);
    }

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale));

    /// <summary>For each row (or column) of the crop, the one of the scaled picture that it shows; -1 outside.</summary>
    private static int[] Positions(int scaled, int crop, double random, bool mirrored)
    {
        int room = scaled - crop,
            first = room >= 0 ? (int)(random * (room + 1)) : room / 2;
        int[] positions = new int[crop];
        for (int i = 0; i < crop; i++)
        {
            int position = first + i;
            positions[i] =
                position < 0 || position >= scaled ? -1
                : mirrored ? scaled - 1 - position
                : position;
        }
        return positions;
    }

    private void CropImage(RgbImage source, int[] rows, int height, int[] columns, int width, Span<float> image)
    {
        float[] crop = Resampling.Resample(
            source,
            Resampling.Axis(source.Height, height, rows),
            Resampling.Axis(source.Width, width, columns)
        );
        int plane = CropHeight * CropWidth;
        for (int channel = 0; channel < Normalization.Channels; channel++)
        {
            Span<float> target = image.Slice(channel * plane, plane);
            for (int r = 0, i = 0; r < CropHeight; r++)
            {
                for (int c = 0; c < CropWidth; c++, i++)
                    target[i] =
                        rows[r] < 0 || columns[c] < 0 ? 0 : Normalization.Normalize(crop[i * Normalization.Channels + channel], channel);
            }
        }
    }

    private void CropLabel(LabelMap source, int[] rows, int height, int[] columns, int width, Span<byte> label)
    {
        int i = 0;
        for (int r = 0; r < CropHeight; r += LabelStride)
        {
            int row = rows[r] < 0 ? -1 : Resampling.Nearest(rows[r], source.Height, height);
            for (int c = 0; c < CropWidth; c += LabelStride)
            {
                label[i++] = row < 0 || columns[c] < 0 ? LabelMap.Ignore : source[row, Resampling.Nearest(columns[c], source.Width, width)];
            }
        }
    }
}
