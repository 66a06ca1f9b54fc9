namespace FasterSeg.Search.Runs;

/// <summary>One scalar of one phase, over its epochs. Of very many values these are the means of as many neighbours each.</summary>
/// <param name="Phase">E.g. <c>search</c>.</param>
/// <param name="Name">E.g. <c>loss</c>.</param>
/// <param name="Epochs">When each value was logged, in epochs that had passed, ascending.</param>
/// <param name="Values">The values.</param>
public sealed record ScalarSeries(string Phase, string Name, IReadOnlyList<double> Epochs, IReadOnlyList<double> Values)
{
    private readonly double? last;

    /// <summary>The smallest value that each of <see cref="Values"/> stands for.</summary>
    public IReadOnlyList<double> Lows { get; init; } = Values;

    /// <summary>The largest value that each of <see cref="Values"/> stands for.</summary>
    public IReadOnlyList<double> Highs { get; init; } = Values;

    /// <summary>The value that was logged last.</summary>
    public double Last
    {
        get => last ?? Values[^1];
        init => last = value;
    }

    /// <summary>All values times a factor above 0.</summary>
    public ScalarSeries Times(double factor) =>
        new(Phase, Name, Epochs, [.. Values.Select(value => factor * value)])
        {
            Lows = [.. Lows.Select(value => factor * value)],
            Highs = [.. Highs.Select(value => factor * value)],
            Last = factor * Last,
        };
}
