using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Adversity;

/// <summary>A command's arguments: pairs of <c>--name</c> and value.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>Reads pairs.</summary>
    /// <param name="arguments">What stands behind the command's name.</param>
    /// <param name="names">The names that the command knows.</param>
    /// <exception cref="UsageException">A name is unknown or has no value.</exception>
    public static Arguments Parse(IReadOnlyList<string> arguments, params string[] names)
    {
        var parsed = new Arguments();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string name = arguments[i].TrimStart('-');
            if (!names.Contains(name) || arguments[i] != "--" + name)
                throw new UsageException(
                    $"'{arguments[i]}' is no argument here; these are: {string.Join(", ", names.Select(each => "--" + each))}."
                );
            if (i + 1 == arguments.Count)
                throw new UsageException($"--{name} needs a value.");
            parsed.values[name] = arguments[i + 1];
        }
        return parsed;
    }

    /// <summary>A text that must be there.</summary>
    public string Required(string name) => values.GetValueOrDefault(name) ?? throw new UsageException($"--{name} is missing.");

    /// <summary>A text, or null.</summary>
    public string? Optional(string name) => values.GetValueOrDefault(name);

    /// <summary>A number of at least <paramref name="least"/>.</summary>
    public double Number(string name, double fallback, double least) =>
        !values.TryGetValue(name, out string? text) ? fallback
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && number >= least
        && double.IsFinite(number)
            ? number
        : throw new UsageException(FormattableString.Invariant($"--{name} {text}: give a number from {least} on."));

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public int Integer(string name, int fallback, int least) => (int)Math.Min(int.MaxValue, Math.Floor(Number(name, fallback, least)));
}
