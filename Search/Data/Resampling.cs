namespace FasterSeg.Search.Data;

/// <summary>
/// Resizing one axis at a time. Pixels are areas and their centres stay in place (half-pixel convention): growing is bilinear,
/// shrinking averages over the area that a target pixel covers. By hand: only the pixels of a crop are computed, mirrored or padded as they
/// are asked for, while image libraries resize whole pictures.
/// </summary>
internal static class Resampling
{
    /// <summary>For each position asked for: <c>Taps</c> source positions and their weights, which sum to 1.</summary>
    public sealed record Taps(int PerTarget, int[] Sources, float[] Weights)
    {
        public int Count => Sources.Length / PerTarget;
    }

    /// <summary>The taps of the whole axis, from <paramref name="source"/> to <paramref name="target"/> pixels.</summary>
    public static Taps Axis(int source, int target) => Axis(source, target, [.. Enumerable.Range(0, target)]);

    /// <summary>The taps of some positions of the resized axis; a position of -1 (padding) gets weight 0.</summary>
    public static Taps Axis(int source, int target, ReadOnlySpan<int> positions)
    {
        double step = (double)source / target;
        int perTarget = step > 1 ? (int)Math.Ceiling(step) + 1 : 2;
        var taps = new Taps(perTarget, new int[positions.Length * perTarget], new float[positions.Length * perTarget]);
        for (int i = 0; i < positions.Length; i++)
        {
            if (positions[i] < 0)
                continue;
            Span<int> sources = taps.Sources.AsSpan(i * perTarget, perTarget);
            Span<float> weights = taps.Weights.AsSpan(i * perTarget, perTarget);
            if (step > 1)
                Average(positions[i] * step, step, source, sources, weights);
            else
                Interpolate((positions[i] + 0.5) * step - 0.5, source, sources, weights);
        }
        return taps;
    }

    /// <summary>For each pixel of the resized axis, the source pixel that its centre lies in.</summary>
    public static int[] Nearest(int source, int target) => [.. Enumerable.Range(0, target).Select(i => Nearest(i, source, target))];

    /// <summary>The source pixel that the centre of a pixel of the resized axis lies in.</summary>
    public static int Nearest(int position, int source, int target) => (int)((2L * position + 1) * source / (2L * target));

    /// <summary>A resized picture (or the part of it that the taps speak of): rows x columns x 3 values in 0 to 255.</summary>
    public static float[] Resample(RgbImage image, Taps rows, Taps columns)
    {
        int width = columns.Count * 3;
        float[] result = new float[rows.Count * width];
        float[]?[] narrowed = new float[image.Height][];
        for (int r = 0; r < rows.Count; r++)
        {
            Span<float> target = result.AsSpan(r * width, width);
            for (int k = r * rows.PerTarget; k < (r + 1) * rows.PerTarget; k++)
            {
                float weight = rows.Weights[k];
                if (weight == 0)
                    continue;
                float[] line = narrowed[rows.Sources[k]] ??= ResampleRow(image, rows.Sources[k], columns);
                for (int i = 0; i < target.Length; i++)
                    target[i] += weight * line[i];
            }
        }
        return result;
    }

    private static float[] ResampleRow(RgbImage image, int row, Taps columns)
    {
        ReadOnlySpan<byte> source = image.Pixels.AsSpan(row * image.Width * 3, image.Width * 3);
        float[] line = new float[columns.Count * 3];
        for (int c = 0; c < columns.Count; c++)
        {
            float red = 0,
                green = 0,
                blue = 0;
            for (int k = c * columns.PerTarget; k < (c + 1) * columns.PerTarget; k++)
            {
                ReadOnlySpan<byte> pixel = source.Slice(columns.Sources[k] * 3, 3);
                float weight = columns.Weights[k];
                red += weight * pixel[0];
                green += weight * pixel[1];
                blue += weight * pixel[2];
            }
            (line[c * 3], line[c * 3 + 1], line[c * 3 + 2]) = (red, green, blue);
        }
        return line;
    }

    private static void Average(double start, double length, int size, Span<int> sources, Span<float> weights)
    {
        for (int k = 0; k < sources.Length; k++)
        {
            int pixel = (int)start + k;
            double covered = Math.Min(start + length, pixel + 1) - Math.Max(start, pixel);
            if (covered <= 0 || pixel >= size)
                continue;
            (sources[k], weights[k]) = (pixel, (float)(covered / length));
        }
    }

    private static void Interpolate(double centre, int size, Span<int> sources, Span<float> weights)
    {
        int left = (int)Math.Floor(centre);
        float right = (float)(centre - left);
        (sources[0], weights[0]) = (Math.Clamp(left, 0, size - 1), 1 - right);
        (sources[1], weights[1]) = (Math.Clamp(left + 1, 0, size - 1), right);
    }
}
