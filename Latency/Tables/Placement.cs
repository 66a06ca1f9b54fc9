using System.Globalization;

namespace FasterSeg.Latency.Tables;

/// <summary>Where the nodes of an optimized graph ran: their number on each execution provider, as ONNX Runtime names it. Equal by
/// content.</summary>
/// <param name="nodes">Nodes by provider.</param>
public sealed class Placement(IEnumerable<KeyValuePair<string, int>> nodes) : IEquatable<Placement>
{
    /// <summary>Nodes by provider, e.g. 2 on <c>CPUExecutionProvider</c>, in the order of the names.</summary>
    public IReadOnlyDictionary<string, int> Nodes { get; } =
        new SortedDictionary<string, int>(nodes.ToDictionary(), StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(Placement? other) => other is not null && Nodes.SequenceEqual(other.Nodes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Placement);

    /// <inheritdoc/>
    public override int GetHashCode() => Nodes.Aggregate(0, HashCode.Combine);

    /// <summary>For people: <c>CPUExecutionProvider (2)</c>.</summary>
    public override string ToString() =>
        string.Join(", ", Nodes.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} ({part.Value})")));
}
