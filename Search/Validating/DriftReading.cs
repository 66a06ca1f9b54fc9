namespace FasterSeg.Search.Validating;

/// <summary>How fast the device was at one moment of a validation, told by a few of the table's operators that are measured
/// again.</summary>
/// <param name="Done">Measurements of networks before it.</param>
/// <param name="Ratio">Median of what these operators take now over what the table says.</param>
/// <param name="Operators">How many were measured.</param>
public sealed record DriftReading(int Done, double Ratio, int Operators)
{
    /// <summary>The reading in a sentence.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Operators} of the table's operators take {Ratio:F3} times as long as in the table.");

    internal bool IsSound() => Done >= 0 && Operators > 0 && double.IsFinite(Ratio) && Ratio > 0;
}
