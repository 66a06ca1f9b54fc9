namespace FasterSeg.Search.Export;

/// <summary>Looks logits up between their values and takes the largest, without torch.</summary>
public static class BilinearArgmax
{
    /// <summary>The class of each pixel of a picture, row by row.</summary>
    /// <param name="logits">[classes, map's rows, map's columns].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="mapRows">Rows of the map.</param>
    /// <param name="mapColumns">Columns of the map.</param>
    /// <param name="rows">Where each of the picture's rows lies in the map, 0 to mapRows - 1.</param>
    /// <param name="columns">Where each of its columns lies.</param>
    public static byte[] Classes(float[] logits, int classes, int mapRows, int mapColumns, double[] rows, double[] columns)
    {
        (int height, int width) = (rows.Length, columns.Length);
        var answer = new byte[height * width];
        (int Low, int High, float Share)[] vertical = Taps(rows, mapRows),
            horizontal = Taps(columns, mapColumns);
        Parallel.For(0, height, y =>
        {
            (int top, int bottom, float down) = vertical[y];
            var best = new float[width];
            Array.Fill(best, float.NegativeInfinity);
            for (int c = 0; c < classes; c++)
            {
                ReadOnlySpan<float> map = logits.AsSpan(c * mapRows * mapColumns, mapRows * mapColumns);
                for (int x = 0; x < width; x++)
                {
                    (int left, int right, float across) = horizontal[x];
                    float above = Mix(map[(top * mapColumns) + left], map[(top * mapColumns) + right], across);
                    float below = Mix(map[(bottom * mapColumns) + left], map[(bottom * mapColumns) + right], across);
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

    private static (int Low, int High, float Share)[] Taps(double[] places, int length) =>
        Array.ConvertAll(places, place => ((int)place, Math.Min((int)place + 1, length - 1), (float)(place - Math.Floor(place))));
}
