using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Search.Validating;

/// <summary>A network of a validation.</summary>
/// <param name="Number">From 1 on; those for reporting come first.</param>
/// <param name="Use">Reporting or fitting.</param>
/// <param name="Architecture">The network.</param>
/// <param name="EstimateMs">The plain sum of its parts in the table, ms; null where parts are missing.</param>
/// <param name="Missing">Keys of the parts that the table has no usable entry for: such a network is named and not measured.</param>
/// <param name="Readings">Its measurements, one a pass.</param>
public sealed record ValidatedNetwork(
    int Number,
    NetworkUse Use,
    DerivedArchitecture Architecture,
    double? EstimateMs,
    IReadOnlyList<string> Missing,
    IReadOnlyList<NetworkReading> Readings
)
{
    /// <summary>A network that nobody has measured yet, with its estimate.</summary>
    public static ValidatedNetwork Of(int number, NetworkUse use, DerivedArchitecture architecture, SearchSpace space, LatencyTable table)
    {
        NetworkPlan plan = NetworkPlan.Of(architecture, space);
        string[] missing =
        [
            .. plan
                .Parts.Select(part => part.Spec)
                .Distinct()
                .Where(spec => table.Find(spec) is not { Failure: null })
                .Select(spec => spec.ToString()),
        ];
        return new(number, use, architecture, missing.Length > 0 ? null : NetworkEstimate.Of(table, plan).TotalMs, missing, []);
    }

    /// <summary>Whether the table has every part of it, so that it is estimated and measured.</summary>
    public bool HasAllParts() => Missing.Count == 0;

    /// <summary>Its latency: the median over passes, ms; null where nobody measured it yet.</summary>
    /// <param name="which">Which measurements.</param>
    public double? MeasuredMs(Repetition which = Repetition.All) => Median(which, pass => Readings[pass].MedianMs);

    /// <summary>The time cap came before the interval was narrow enough in more than half of what <see cref="MeasuredMs"/> comes
    /// from.</summary>
    public bool IsNoisy() => Median(Repetition.All, pass => Readings[pass].Noisy ? 1 : 0) > 0.5;

    /// <summary>The median over passes of what each has given; null where there is none.</summary>
    internal double? Median(Repetition which, Func<int, double> ofPass)
    {
        double[] values =
        [
            .. Enumerable.Range(0, Readings.Count).Where(pass => which == Repetition.All || pass % 2 == (int)which).Select(ofPass),
        ];
        return values.Length == 0 ? null : values.Median();
    }

    /// <summary>E.g. <c>student 32+16</c>: the kinds that every use has equally many of.</summary>
    public string Kind() => $"{Architecture.Role.Name()} {Architecture.Pair}";

    /// <summary>Whether it is the same network for the same use with the same estimate, measured or not.</summary>
    internal bool IsSameDraw(ValidatedNetwork other) =>
        (Number, Use, EstimateMs) == (other.Number, other.Use, other.EstimateMs)
        && Architecture == other.Architecture
        && Missing.SequenceEqual(other.Missing);
}
