namespace FasterSeg.Search.Export;

/// <summary>Enlarges logits bilinearly with aligned corners and takes the largest, without torch.</summary>
public static class BilinearArgmax
{
    /// <summary>[classes, rows, columns] to the class of each pixel of [height, width], row by row.</summary>
    public static byte[] Classes(float[] logits, int classes, int rows, int columns, int height, int width)
    {
        var answer = new byte[height * width];
        (int Low, int High, float Share)[] vertical = Taps(rows, height),
            horizontal = Taps(columns, width);
        Parallel.For(0, height, y =>
        {
            (int top, int bottom, float down) = vertical[y];
            var best = new float[width];
            Array.Fill(best, float.NegativeInfinity);
            for (int c = 0; c < classes; c++)
            {
                ReadOnlySpan<float> map = logits.AsSpan(c * rows * columns, rows * columns);
                for (int x = 0; x < width; x++)
                {
                    (int left, int right, float across) = horizontal[x];
                    float above = Mix(map[(top * columns) + left], map[(top * columns) + right], across);
                    float below = Mix(map[(bottom * columns) + left], map[(bottom * columns) + right], across);
                    float value = Mix(above, below, down);
                    if (value <= best[x])
                        continue;
                    best[x] = value;
                    answer[(y * width) + x] = (byte)c;
                }
            }
        });
        return answer;
    }

    private static float Mix(float from, float to, float share) => from + ((to - from) * share);

    private static (int Low, int High, float Share)[] Taps(int source, int target) =>
        [
            .. Enumerable
                .Range(0, target)
                .Select(i =>
                {
                    double at = target > 1 ? (double)i * (source - 1) / (target - 1) : 0;
                    int low = Math.Min((int)at, source - 1);
                    return (low, Math.Min(low + 1, source - 1), (float)(at - low));
                }),
        ];
}
