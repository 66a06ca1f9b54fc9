using FasterSeg.Latency.Numbers;
using static FasterSeg.Search.Data.Synthetic.SceneClasses;

namespace FasterSeg.Search.Data.Synthetic;

/// <summary>What stands in the street, painted from far to near: cars, pedestrians, trees, poles, signs and fences.</summary>
internal sealed class SceneThings(SceneCanvas canvas, Colour light, ValueNoise noise, float roadEdge, float wallEdge)
{
    private delegate void Painter(float x, float z, StableRandom look);

    /// <summary>Scatters things and paints them.</summary>
    public void Draw(ref StableRandom random)
    {
        var things = new List<(float X, float Z, Painter Paint, StableRandom Look)>();
        Scatter(ref random, things, DrawCar, 3, 7, 7, 60, roadEdge * 0.25f, roadEdge * 0.75f);
        Scatter(ref random, things, DrawPedestrian, 2, 7, 6, 30, roadEdge + 0.4f, wallEdge - 0.4f);
        Scatter(ref random, things, DrawTree, 2, 6, 8, 70, roadEdge + 0.8f, wallEdge + 1);
        Scatter(ref random, things, DrawPole, 2, 5, 5, 45, roadEdge + 0.3f, roadEdge + 0.7f);
        Scatter(ref random, things, DrawSign, 1, 4, 5, 25, roadEdge + 0.4f, roadEdge + 1);
        Scatter(ref random, things, DrawFence, 1, 3, 6, 26, roadEdge + 0.2f, roadEdge + 0.5f);
        foreach (var thing in things.OrderByDescending(t => t.Z))
            thing.Paint(thing.X, thing.Z, thing.Look);
    }

    private static void Scatter(
        ref StableRandom random,
        List<(float, float, Painter, StableRandom)> things,
        Painter paint,
        int fewest,
        int most,
        float nearest,
        float farthest,
        float inner,
        float outer
    )
    {
        for (int left = fewest + random.Next(most - fewest + 1); left > 0; left--)
        {
            float aside = (float)random.NextDouble(inner, outer),
                depth = (float)random.NextDouble();
            float x = random.NextBool() ? aside : -aside,
                z = nearest + (farthest - nearest) * depth * depth;
            things.Add((x, z, paint, new StableRandom((int)random.NextBits())));
        }
    }

    private void DrawCar(float x, float z, StableRandom look)
    {
        float width = (float)look.NextDouble(1.6, 1.9),
            tall = (float)look.NextDouble(1.35, 1.8),
            half = width / 2;
        Colour paint = RandomColour(ref look, 0.08, 0.85),
            lamp = look.NextBool() ? new Colour(0.8f, 0.1f, 0.08f) : new Colour(0.95f, 0.95f, 0.85f);
        foreach ((int row, int column) in canvas.Pixels(x - half * 1.1f, x + half * 1.1f, -0.15f, 0.15f, z))
            canvas.Shade(row, column, 0.45f);
        foreach ((int row, int column) in canvas.Pixels(x - half, x + half, 0, tall, z))
        {
            float across = MathF.Abs(canvas.Across(column + 0.5f, z) - x) / half,
                y = canvas.Above(row + 0.5f, z) / tall;
            bool cabin = y > 0.55f;
            if (cabin && across > 0.95f - 0.55f * (y - 0.55f) || y < 0.18f && across < 0.55f)
                continue;
            bool wheel = y < 0.2f,
                glass = cabin && y < 0.92f && across < 0.78f - 0.5f * (y - 0.55f),
                lit = y is > 0.36f and < 0.48f && across > 0.72f;
            Colour colour =
                wheel ? new Colour(0.06f, 0.06f, 0.06f)
                : glass ? new Colour(0.15f, 0.19f, 0.24f)
                : lit ? lamp
                : paint * (0.75f + 0.4f * y);
            canvas.Paint(row, column, Car, colour * light, z);
        }
    }

    private void DrawPedestrian(float x, float z, StableRandom look)
    {
        float tall = (float)look.NextDouble(1.5, 1.9),
            half = 0.27f,
            stride = (float)look.NextDouble(0.1, 0.7);
        Colour coat = RandomColour(ref look, 0.1, 0.8),
            trousers = RandomColour(ref look, 0.05, 0.4),
            skin = new Colour(0.85f, 0.65f, 0.52f) * (float)look.NextDouble(0.45, 1.05);
        foreach ((int row, int column) in canvas.Pixels(x - half, x + half, 0, tall, z))
        {
            float across = MathF.Abs(canvas.Across(column + 0.5f, z) - x) / half,
                y = canvas.Above(row + 0.5f, z) / tall;
            float headUp = (y - 0.92f) / 0.08f,
                headAcross = across / 0.42f;
            bool head = headUp * headUp + headAcross * headAcross < 1,
                body = y is > 0.45f and < 0.84f && across < 0.9f - 0.4f * (y - 0.45f);
            bool leg = y <= 0.45f && MathF.Abs(across - stride * (0.45f - y) / 0.45f - 0.2f) < 0.3f;
            if (head || body || leg)
                canvas.Paint(
                    row,
                    column,
                    Pedestrian,
                    (
                        head ? skin
                        : body ? coat
                        : trousers
                    )
                        * light
                        * (0.85f + 0.3f * noise.At(column, row)),
                    z
                );
        }
    }

    private void DrawTree(float x, float z, StableRandom look)
    {
        float trunk = (float)look.NextDouble(0.12, 0.25),
            crown = (float)look.NextDouble(1.3, 2.6),
            middle = (float)look.NextDouble(3, 5.5),
            shift = (float)look.NextDouble(0, 100);
        Colour leaves = new Colour(0.2f, 0.38f, 0.12f) * (float)look.NextDouble(0.6, 1.2),
            bark = new Colour(0.3f, 0.22f, 0.16f);
        leaves = leaves.Mix(new Colour(0.6f, 0.4f, 0.12f), (float)look.NextDouble(0, 0.35));
        foreach ((int row, int column) in canvas.Pixels(x - trunk, x + trunk, 0, middle, z))
            canvas.Paint(row, column, Tree, bark * light, z);
        foreach (
            (int row, int column) in canvas.Pixels(x - crown * 1.2f, x + crown * 1.2f, middle - crown * 1.2f, middle + crown * 1.2f, z)
        )
        {
            float dx = (canvas.Across(column + 0.5f, z) - x) / crown,
                dy = (canvas.Above(row + 0.5f, z) - middle) / crown;
            float edge = 0.7f + 0.5f * noise.At(dx * 3 + shift, dy * 3);
            if (dx * dx + dy * dy < edge * edge)
                canvas.Paint(row, column, Tree, leaves * light * (0.5f + 0.35f * dy + 0.9f * noise.Rough(dx * 6 + shift, dy * 6)), z);
        }
    }

    private void DrawPole(float x, float z, StableRandom look)
    {
        float half = (float)look.NextDouble(0.06, 0.11),
            tall = (float)look.NextDouble(4, 7),
            arm = -MathF.Sign(x) * 1.2f;
        Colour metal = new Colour(0.4f, 0.42f, 0.42f) * (float)look.NextDouble(0.5, 1.3);
        foreach ((int row, int column) in canvas.Pixels(x - half, x + half, 0, tall, z))
            canvas.Paint(row, column, Pole, metal * light, z);
        foreach ((int row, int column) in canvas.Pixels(Math.Min(x, x + arm), Math.Max(x, x + arm), tall - half * 2, tall, z))
            canvas.Paint(row, column, Pole, metal * light, z);
    }

    private void DrawSign(float x, float z, StableRandom look)
    {
        const float radius = 0.4f,
            middle = 2.4f;
        Colour rim = look.NextBool() ? new Colour(0.8f, 0.12f, 0.1f) : new Colour(0.1f, 0.25f, 0.7f),
            face = look.NextBool() ? new Colour(0.92f, 0.92f, 0.9f) : new Colour(0.95f, 0.8f, 0.15f);
        bool round = look.NextBool();
        foreach ((int row, int column) in canvas.Pixels(x - 0.05f, x + 0.05f, 0, middle, z))
            canvas.Paint(row, column, Pole, new Colour(0.5f, 0.5f, 0.5f) * light, z);
        foreach ((int row, int column) in canvas.Pixels(x - radius, x + radius, middle - radius, middle + radius, z))
        {
            float dx = (canvas.Across(column + 0.5f, z) - x) / radius,
                dy = (canvas.Above(row + 0.5f, z) - middle) / radius;
            float reach = round ? MathF.Sqrt(dx * dx + dy * dy) : Math.Max(MathF.Abs(dx), MathF.Abs(dy));
            if (reach < 1)
                canvas.Paint(row, column, Sign, (reach > 0.7f ? rim : face) * light, z);
        }
    }

    /// <summary>A fence along the kerb: a plane of constant x, so a column shows one distance of it, like the houses.</summary>
    private void DrawFence(float x, float z, StableRandom look)
    {
        float length = (float)look.NextDouble(5, 12),
            tall = (float)look.NextDouble(0.8, 1.2);
        Colour paint = RandomColour(ref look, 0.15, 0.65);
        for (int column = 0; column < canvas.Width; column++)
        {
            float there = canvas.Focal * x / (column + 0.5f - canvas.Vanishing);
            if (there < z || there > z + length)
                continue;
            int top = Math.Max(0, (int)MathF.Ceiling(canvas.Row(tall, there) - 0.5f)),
                bottom = Math.Min(canvas.Height, (int)MathF.Ceiling(canvas.Row(0, there) - 0.5f));
            for (int row = top; row < bottom; row++)
            {
                float y = canvas.Above(row + 0.5f, there);
                bool bar = there % 0.5f < 0.12f || y > tall - 0.12f;
                canvas.Paint(row, column, Fence, paint * light * (bar ? 1.25f : 0.7f), there);
            }
        }
    }

    private static Colour RandomColour(ref StableRandom random, double darkest, double brightest) =>
        new(
            (float)random.NextDouble(darkest, brightest),
            (float)random.NextDouble(darkest, brightest),
            (float)random.NextDouble(darkest, brightest)
        );
}
