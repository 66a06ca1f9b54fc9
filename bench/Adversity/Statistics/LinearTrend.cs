using MathNet.Numerics.Distributions;

namespace FasterSeg.Bench.Adversity.Statistics;

/// <summary>A straight line through a series of readings.</summary>
/// <param name="Start">The line at the first reading.</param>
/// <param name="Slope">Its rise for each hour.</param>
/// <param name="HalfWidth">Half-width of the slope's 95 % confidence interval; infinite where there are too few readings.</param>
internal sealed record LinearTrend(double Start, double Slope, double HalfWidth)
{
    /// <summary>Whether the slope is above 0 beyond doubt.</summary>
    public bool Rises => Slope - HalfWidth > 0;

    /// <summary>
    /// The least-squares line through the means of blocks. Neighbouring readings of memory say nearly the same, so a line through the
    /// readings themselves would be far too sure of its slope.
    /// </summary>
    /// <param name="hours">Time of each reading, ascending.</param>
    /// <param name="values">The readings.</param>
    /// <param name="blocks">How many blocks of about equally many readings; at least 3 hold some.</param>
    public static LinearTrend Of(IReadOnlyList<double> hours, IReadOnlyList<double> values, int blocks = 15)
    {
        (double X, double Y)[] means =
        [
            .. Enumerable
                .Range(0, values.Count)
                .GroupBy(i => i * blocks / values.Count)
                .Select(block => (block.Average(i => hours[i]), block.Average(i => values[i]))),
        ];
        if (means.Length == 0)
            return new(0, 0, double.PositiveInfinity);
        double x = means.Average(mean => mean.X),
            y = means.Average(mean => mean.Y);
        double spread = means.Sum(mean => (mean.X - x) * (mean.X - x));
        if (means.Length < 3 || spread == 0)
            return new(y, 0, double.PositiveInfinity);
        double slope = means.Sum(mean => (mean.X - x) * (mean.Y - y)) / spread;
        double residual = means.Sum(mean => Math.Pow(mean.Y - y - (slope * (mean.X - x)), 2));
        double error = Math.Sqrt(residual / (means.Length - 2) / spread);
        return new(y + (slope * (hours[0] - x)), slope, StudentT.InvCDF(0, 1, means.Length - 2, 0.975) * error);
    }
}
