namespace FasterSeg.Latency.Numbers;

/// <summary>How far computed values are off known ones.</summary>
public static class RelativeDifference
{
    /// <summary>The largest difference as a share of the known values' root mean square; infinite where a value is none, or where there are
    /// fewer or more.</summary>
    /// <param name="known">What is right.</param>
    /// <param name="computed">What was computed.</param>
    public static double Largest(ReadOnlySpan<double> known, ReadOnlySpan<float> computed)
    {
        if (known.Length != computed.Length)
            return double.PositiveInfinity;
        double largest = 0,
            squares = 0;
        for (int i = 0; i < known.Length; i++)
        {
            if (!float.IsFinite(computed[i]))
                return double.PositiveInfinity;
            largest = Math.Max(largest, Math.Abs(known[i] - computed[i]));
            squares += known[i] * known[i];
        }
        return largest / Math.Sqrt(squares / known.Length);
    }
}
