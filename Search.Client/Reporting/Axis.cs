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

    // Beyond these an axis' own arithmetic comes to infinity, or to 0.
    private const double Largest = 1e300,
        Smallest = 1e-300;

    // Of the larger end. Closer ends have no numbers between them that a double tells apart well.
    private const double Closest = 1e-9;

    // From here on numbers are written with a power of ten.
    private const double Long = 1e9;

    /// <summary>An axis with a little room around values. What is no number counts for nothing, and what is beyond all measure is set to
    /// its end.</summary>
    public static Axis Around(IEnumerable<double> values, bool logarithmic = false)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite).Select(value => Math.Clamp(value, -Largest, Largest)))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (!double.IsFinite(low))
            return new Axis(0, 1);
        if (logarithmic && low > 0)
            return new Axis(Math.Max(low, Smallest) / 1.2, Math.Max(high, Smallest) * 1.2, true);
        double span = high - low,
            size = Math.Max(Math.Abs(low), Math.Abs(high));
        double room = span > Math.Max(Closest * size, Smallest) ? 0.06 * span : Math.Max(size * 0.1, 1e-9);
        // What cannot be below 0 has no axis that is.
        return new Axis(low >= 0 ? Math.Max(0, low - room) : low - room, high + room);
    }

    /// <summary>Where a value is: 0 at <see cref="Low"/>, 1 at <see cref="High"/>. What is no number is at <see cref="Low"/>, and
    /// nothing is farther from the axis than it is long.</summary>
    public double Place(double value)
    {
        if (double.IsNaN(value))
            return 0;
        double near = Math.Clamp(value, -Largest, Largest),
            place = !Logarithmic ? (near - Low) / Span
            : near > 0 ? (Math.Log(Math.Max(near, Smallest)) - Math.Log(Low)) / LogSpan
            : -1;
        return Math.Clamp(place, -1, 2);
    }

    /// <summary>Round values along the axis: 1, 2 or 5 times a power of ten apart; on a logarithmic one 1, 2 and 5 times powers of
    /// ten.</summary>
    public IReadOnlyList<double> Ticks()
    {
        if (Logarithmic && LogSpan > Math.Log(4))
        {
            int[] digits =
                LogSpan > Math.Log(1000) ? [1]
                : LogSpan > Math.Log(50) ? [1, 3]
                : [1, 2, 5];
            int first = (int)Math.Floor(Math.Log10(Low)),
                powers = (int)Math.Ceiling(Math.Log10(High)) - first + 1,
                apart = 1 + (powers / (2 * Wanted));
            return
            [
                .. from i in Enumerable.Range(0, powers)
                let power = first + i
                where power % apart == 0
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
            return Short(tick);
        int digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(Step()) - 1e-9));
        return digits > 6 || Math.Max(Math.Abs(Low), Math.Abs(High)) >= Long
            ? Short(tick)
            : tick.ToString("F" + digits, CultureInfo.InvariantCulture);
    }

    private static string Short(double tick) => tick.ToString("G3", CultureInfo.InvariantCulture);

    private double Span => High - Low;

    private double LogSpan => Math.Log(High) - Math.Log(Low);

    private double Step()
    {
        double rough = Span / Wanted,
            power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * new[] { 1, 2, 5, 10 }.First(digit => digit * power >= rough * 0.999);
    }
}
