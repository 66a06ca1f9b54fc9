namespace FasterSeg.Search.Data.Synthetic;

/// <summary>Smooth noise: random values at the integer points of a plane, interpolated between.</summary>
internal readonly struct ValueNoise(uint seed)
{
    /// <summary>Noise in [0, 1) with features about 1 wide.</summary>
    public float At(float x, float y)
    {
        int left = (int)MathF.Floor(x),
            top = (int)MathF.Floor(y);
        float across = Smooth(x - left),
            down = Smooth(y - top);
        float above = Lerp(Point(left, top), Point(left + 1, top), across);
        float below = Lerp(Point(left, top + 1), Point(left + 1, top + 1), across);
        return Lerp(above, below, down);
    }

    /// <summary>Two octaves of noise, in [0, 1).</summary>
    public float Rough(float x, float y) => (2 * At(x, y) + At(x * 2.7f + 31, y * 2.7f + 17)) / 3;

    /// <summary>Independent noise of one point, in [0, 1).</summary>
    public float Point(int x, int y)
    {
        unchecked
        {
            uint hash = seed ^ ((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u);
            hash = (hash ^ (hash >> 15)) * 0x2C1B3C6Du;
            hash = (hash ^ (hash >> 12)) * 0x297A2D39u;
            return (hash ^ (hash >> 15)) / 4294967808f;
        }
    }

    private static float Smooth(float t) => t * t * (3 - 2 * t);

    private static float Lerp(float a, float b, float share) => a + (b - a) * share;
}
