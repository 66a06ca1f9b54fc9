using FasterSeg.Latency.Numbers;
using static FasterSeg.Search.Data.Synthetic.SceneClasses;

namespace FasterSeg.Search.Data.Synthetic;

/// <summary>A street between two rows of houses, seen from a car: the surroundings, then the things in it from far to near.</summary>
internal sealed class StreetScene
{
    private readonly SceneCanvas canvas;
    private readonly StableRandom random;
    private readonly ValueNoise noise;
    private readonly Colour light;
    private readonly Colour asphalt;
    private readonly Colour slabs;
    private readonly Colour skyAbove;
    private readonly float roadEdge;
    private readonly float wallEdge;
    private readonly float clouds;

    private StreetScene(int height, int width, StableRandom random)
    {
        float warmth = (float)random.NextDouble(-0.08, 0.08),
            overcast = (float)random.NextDouble();
        light = new Colour(1 + warmth, 1, 1 - warmth);
        skyAbove = new Colour(0.35f, 0.55f, 0.9f).Mix(new Colour(0.72f, 0.74f, 0.78f), overcast);
        clouds = (float)random.NextDouble(0, 0.6);
        float tone = (float)random.NextDouble(0.25, 0.42);
        asphalt = new Colour(tone, tone, tone * 1.04f);
        slabs = new Colour(tone + 0.2f, tone + 0.18f, tone + 0.13f) * (float)random.NextDouble(0.75, 1.05);
        roadEdge = (float)random.NextDouble(3.2, 5);
        wallEdge = roadEdge + (float)random.NextDouble(2.5, 5);
        noise = new ValueNoise((uint)random.NextBits());
        canvas = new SceneCanvas(
            height,
            width,
            (float)random.NextDouble(0.38, 0.52),
            (float)random.NextDouble(0.38, 0.62),
            (float)random.NextDouble(0.5, 0.75)
        )
        {
            Haze = new Colour(0.78f, 0.81f, 0.85f) * light,
            Visibility = (float)random.NextDouble(60, 220),
        };
        this.random = random;
    }

    /// <summary>Draws a scene; the same random numbers give the same scene.</summary>
    public static (RgbImage Image, LabelMap Label) Draw(int height, int width, StableRandom random)
    {
        var scene = new StreetScene(height, width, random);
        return scene.Draw();
    }

    private (RgbImage, LabelMap) Draw()
    {
        StableRandom dice = random;
        DrawSky();
        DrawGround(laneMark: dice.NextBool(0.85), markLength: (float)dice.NextDouble(2, 4));
        foreach (int side in new[] { -1, 1 })
            DrawHouses(side, (uint)dice.NextBits());
        new SceneThings(canvas, light, noise, roadEdge, wallEdge).Draw(ref dice);
        return canvas.Develop((float)dice.NextDouble(0.7, 1.15), (float)dice.NextDouble(0.02, 0.07), dice);
    }

    private void DrawSky()
    {
        for (int row = 0; row < canvas.Height; row++)
        {
            float height = Math.Clamp(row / canvas.Horizon, 0, 1);
            for (int column = 0; column < canvas.Width; column++)
            {
                float cloud = noise.Rough(6f * column / canvas.Width, 10f * row / canvas.Height) * clouds;
                canvas.Paint(
                    row,
                    column,
                    Sky,
                    (skyAbove.Mix(canvas.Haze, height * height) * light).Mix(new Colour(0.92f, 0.92f, 0.93f), cloud),
                    0
                );
            }
        }
    }

    private void DrawGround(bool laneMark, float markLength)
    {
        for (int row = Math.Max(0, (int)MathF.Floor(canvas.Horizon + 0.5f)); row < canvas.Height; row++)
        {
            float z = canvas.GroundDistance(row + 0.5f);
            for (int column = 0; column < canvas.Width; column++)
            {
                float x = canvas.Across(column + 0.5f, z),
                    aside = MathF.Abs(x);
                // Patches and stains, which fade where they would be finer than a pixel.
                float stain = 0.86f + 0.28f * noise.Rough(x * 1.3f, z * 0.5f);
                bool marked =
                    laneMark && (aside < 0.08f && z % (2.5f * markLength) < markLength || MathF.Abs(aside - roadEdge + 0.3f) < 0.06f);
                bool joint = z < 25 && (Fraction(x) < 0.05f || Fraction(z) < 0.05f);
                if (aside < roadEdge)
                    canvas.Paint(row, column, Road, (marked ? new Colour(0.85f, 0.85f, 0.8f) : asphalt) * light * stain, z);
                else
                    canvas.Paint(
                        row,
                        column,
                        Pavement,
                        slabs
                            * light
                            * (
                                joint ? stain * 0.75f
                                : aside < roadEdge + 0.2f ? stain * 1.2f
                                : stain
                            ),
                        z
                    );
            }
        }
    }

    /// <summary>One side's houses stand in the plane x = side * wallEdge, so a column of the picture shows one distance of it.</summary>
    private void DrawHouses(int side, uint seed)
    {
        var houses = new ValueNoise(seed);
        for (int column = 0; column < canvas.Width; column++)
        {
            float z = canvas.Focal * wallEdge * side / (column + 0.5f - canvas.Vanishing);
            if (z is < 0 or > 160)
                continue;
            int house = (int)(z / 14);
            bool gap = z % 14 > 11.5f && houses.Point(house, 3) < 0.7f;
            if (gap || houses.Point(house, 0) < 0.12f)
                continue;
            float tall = 5 + 11 * houses.Point(house, 1);
            var wall = new Colour(
                0.35f + 0.4f * houses.Point(house, 4),
                0.3f + 0.35f * houses.Point(house, 5),
                0.25f + 0.35f * houses.Point(house, 6)
            );
            float lit = side < 0 ? 0.8f : 1.05f;
            int top = Math.Max(0, (int)MathF.Ceiling(canvas.Row(tall, z) - 0.5f)),
                bottom = Math.Min(canvas.Height, (int)MathF.Ceiling(canvas.Row(0, z) - 0.5f));
            for (int row = top; row < bottom; row++)
            {
                float y = canvas.Above(row + 0.5f, z);
                bool window =
                    y > 0.8f && y < tall - 0.6f && Fraction(z / 2.3f) is > 0.3f and < 0.75f && Fraction(y / 3.1f) is > 0.3f and < 0.78f;
                float grain = 0.85f + 0.3f * noise.Rough(z * 2, y * 2);
                Colour glass = new Colour(0.12f, 0.15f, 0.2f).Mix(canvas.Haze, 0.5f * houses.Point((int)(z / 2.3f), (int)(y / 3.1f) + 9));
                canvas.Paint(row, column, Building, (window ? glass : wall * grain * lit) * light, z);
            }
        }
    }

    private static float Fraction(float value) => value - MathF.Floor(value);
}
