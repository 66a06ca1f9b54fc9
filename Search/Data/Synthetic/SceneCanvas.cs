using FasterSeg.Latency.Numbers;

namespace FasterSeg.Search.Data.Synthetic;

/// <summary>
/// Where a scene is painted: colour and class together, so that the label is exact. A pinhole camera stands over the street:
/// x is metres to the right of it, y metres above the street, z metres ahead.
/// </summary>
internal sealed class SceneCanvas
{
    private const float CameraHeight = 1.6f;
    private readonly Colour[] colours;
    private readonly byte[] classes;

    public SceneCanvas(int height, int width, float horizon, float vanishing, float focal)
    {
        (Height, Width, Horizon, Vanishing, Focal) = (height, width, horizon * height, vanishing * width, focal * width);
        colours = new Colour[height * width];
        classes = new byte[height * width];
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Row at eye level.</summary>
    public float Horizon { get; }

    /// <summary>Column that the street runs towards.</summary>
    public float Vanishing { get; }

    /// <summary>Pixels that a metre takes at a distance of one metre.</summary>
    public float Focal { get; }

    /// <summary>Colour of the air: things fade into it with distance.</summary>
    public Colour Haze { get; init; }

    /// <summary>Distance, metres, at which two thirds of a thing have faded.</summary>
    public float Visibility { get; init; }

    public float Column(float x, float z) => Vanishing + Focal * x / z;

    public float Row(float y, float z) => Horizon + Focal * (CameraHeight - y) / z;

    /// <summary>Distance of the street seen in a row below the horizon.</summary>
    public float GroundDistance(float row) => Focal * CameraHeight / (row - Horizon);

    /// <summary>Metres to the right, of a column at a distance.</summary>
    public float Across(float column, float z) => (column - Vanishing) * z / Focal;

    /// <summary>Metres above the street, of a row at a distance.</summary>
    public float Above(float row, float z) => CameraHeight - (row - Horizon) * z / Focal;

    /// <summary>Paints a pixel at a distance with a class.</summary>
    public void Paint(int row, int column, byte @class, Colour colour, float z)
    {
        int i = row * Width + column;
        float air = z / (z + Visibility);
        (colours[i], classes[i]) = (colour.Mix(Haze, air * air), @class);
    }

    /// <summary>Darkens a pixel, whatever it is.</summary>
    public void Shade(int row, int column, float factor) => colours[row * Width + column] *= factor;

    /// <summary>The pixels of an upright rectangle at one distance: columns of x1 to x2, rows of y2 down to y1.</summary>
    public IEnumerable<(int Row, int Column)> Pixels(float x1, float x2, float y1, float y2, float z)
    {
        (int left, int right) = (First(Column(x1, z)), Math.Min(First(Column(x2, z)), Width));
        (int top, int bottom) = (First(Row(y2, z)), Math.Min(First(Row(y1, z)), Height));
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
                yield return (row, column);
        }
    }

    /// <summary>The finished picture, through a camera with its exposure, vignette and sensor noise, and its label.</summary>
    public (RgbImage Image, LabelMap Label) Develop(float exposure, float noise, StableRandom random)
    {
        var image = new RgbImage(Height, Width);
        for (int i = 0; i < colours.Length; i++)
        {
            float dx = (i % Width + 0.5f) / Width - 0.5f,
                dy = (i / Width + 0.5f) / Height - 0.5f;
            Colour seen = colours[i] * (exposure * (1 - 0.5f * (dx * dx + dy * dy)));
            Span<byte> pixel = image.Pixels.AsSpan(i * 3, 3);
            ulong bits = random.NextBits();
            pixel[0] = ToByte(seen.Red + noise * Grain(bits));
            pixel[1] = ToByte(seen.Green + noise * Grain(bits >> 20));
            pixel[2] = ToByte(seen.Blue + noise * Grain(bits >> 40));
        }
        return (image, new LabelMap(Height, Width, classes));
    }

    // The first pixel whose centre is at or after a coordinate.
    private static int First(float coordinate) => (int)Math.Clamp(MathF.Ceiling(coordinate - 0.5f), 0, 1 << 20);

    // A sum of two uniform numbers, -1 to 1: close enough to a sensor's noise.
    private static float Grain(ulong bits) => ((bits & 1023) + (bits >> 10 & 1023)) / 1023f - 1;

    private static byte ToByte(float value) => (byte)Math.Clamp(value * 255 + 0.5f, 0, 255);
}
