using FasterSeg.Latency.Spaces;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>How far a device was off what is known.</summary>
/// <param name="Operators">How many operators it computed.</param>
/// <param name="Difference">
/// The largest difference of a value, as a share of the root mean square of its operator's output; infinite where a value was no number.
/// </param>
/// <param name="Worst">The operator with that difference.</param>
/// <param name="Tolerance">The largest difference that is rounding.</param>
public sealed record KnownNumbersResult(int Operators, double Difference, OperatorSpec Worst, double Tolerance)
{
    /// <summary>Whether all of it was right.</summary>
    public bool IsRight => Difference <= Tolerance;

    /// <summary>The outcome in words: <c>right, 15 operators, largest difference 8.1E-07</c>.</summary>
    public override string ToString() =>
        IsRight
            ? FormattableString.Invariant($"right, {Operators} operators, largest difference {Difference:0.0E+0}")
            : $"wrong: {Worst} {Off()}";

    /// <summary>By how much the worst one is off, as a part of a sentence.</summary>
    public string Off() =>
        double.IsFinite(Difference)
            ? FormattableString.Invariant($"is off by {Difference:0.##} of its output's scale, where rounding is at most {Tolerance:G2}")
            : "gives values that are no numbers";
}
