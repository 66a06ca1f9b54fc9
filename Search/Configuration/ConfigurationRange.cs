using System.Globalization;

namespace FasterSeg.Search.Configuration;

/// <summary>What a value may be, beside its type.</summary>
/// <param name="Low">The smallest number; null where there is none.</param>
/// <param name="High">The largest number; null where there is none.</param>
/// <param name="MultipleOf">The number is a multiple of it; 0 where it need not be.</param>
/// <param name="Words">The words that a text may be; empty where any may.</param>
public sealed record ConfigurationRange(double? Low, double? High, int MultipleOf, IReadOnlyList<string> Words)
{
    /// <summary>A range of numbers.</summary>
    public static ConfigurationRange Numbers(double? low, double? high, int multipleOf = 0) => new(low, high, multipleOf, []);

    /// <summary>One of some words.</summary>
    public static ConfigurationRange OneOf(IEnumerable<string> words) => new(null, null, 0, [.. words]);

    /// <summary>For people: <c>1 to 4096</c>, <c>auto, full or plain</c>.</summary>
    public override string ToString()
    {
        if (Words.Count > 0)
            return Words.Count == 1 ? Words[0] : $"{string.Join(", ", Words.Take(Words.Count - 1))} or {Words[^1]}";
        string range = High is { } high
            ? FormattableString.Invariant($"{Low:0.##########} to {high:0.##########}")
            : FormattableString.Invariant($"{Low:0.##########} or more");
        return MultipleOf > 0 ? range + string.Create(CultureInfo.InvariantCulture, $", a multiple of {MultipleOf}") : range;
    }
}
