using System.Globalization;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>The values along one side of a chart, and their round numbers.</summary>
/// <param name="Low">The smallest value that is shown.</param>
/// <param name="High">The largest, above <paramref name="Low"/>.</param>
/// <param name="Logarithmic">Equal ratios take equal room; <paramref name="Low"/> is above 0.</param>
internal sealed record Axis(double Low, double High, bool Logarithmic = false)
{
    // As many round numbers as can be read; there may be some more or fewer.
    private const int Wanted = 5;

    /// <summary>An axis with a little room around values.</summary>
    public static Axis Around(IEnumerable<double> values, bool logarithmic = false)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        foreach (double value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (!double.IsFinite(low))
            return new Axis(0, 1);
        if (logarithmic && low > 0)
            return new Axis(low / 1.2, high * 1.2, true);
        double room = high > low ? 0.06 * (high - low) : Math.Max(Math.Abs(high) * 0.1, 1e-9);
        // What cannot be below 0 has no axis that is.
        return new Axis(low >= 0 ? Math.Max(0, low - room) : low - room, high + room);
    }

    /// <summary>Where a value is: 0 at <see cref="Low"/>, 1 at <see cref="High"/>.</summary>
    public double Place(double value) => Logarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);

    /// <summary>Round values along the axis: 1, 2 or 5 times a power of ten apart; on a logarithmic one 1, 2 and 5 times powers of
    /// ten.</summary>
    public IReadOnlyList<double> Ticks()
    {
        if (Logarithmic && High / Low > 4)
        {
            int[] digits =
                High / Low > 1000 ? [1]
                : High / Low > 50 ? [1, 3]
                : [1, 2, 5];
            return
            [
                .. from power in Enumerable.Range((int)Math.Floor(Math.Log10(Low)), (int)Math.Ceiling(Math.Log10(High / Low)) + 2)
                from digit in digits
                let tick = digit * Math.Pow(10, power)
                where tick >= Low && tick <= High
                select tick,
            ];
        }
        double step = Step();
        return
        [
            .. Enumerable.Range(0, 50).Select(i => (Math.Ceiling(Low / step) + i) * step).TakeWhile(tick => tick <= High + (step * 1e-9)),
        ];
    }

    /// <summary>A tick's number with as many digits as tell it from its neighbours.</summary>
    public string Label(double tick)
    {
        if (Logarithmic)
            return tick.ToString("G3", CultureInfo.InvariantCulture);
        int digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(Step()) - 1e-9));
        return digits > 6 ? tick.ToString("G3", CultureInfo.InvariantCulture) : tick.ToString("F" + digits, CultureInfo.InvariantCulture);
    }

    private double Step()
    {
        double rough = (High - Low) / Wanted,
            power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * new[] { 1, 2, 5, 10 }.First(digit => digit * power >= rough * 0.999);
    }
}
