using System.Text;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Writes a table for other programs: a flat JSON object, sorted by name, one entry a line. Our own format, which alone
/// keeps the identity, is <see cref="LatencyTableJson"/>.
/// </summary>
public static class LatencyTableExport
{
    /// <summary>The table under one naming, with what had to be left out.</summary>
    public static FlatTable Flat(LatencyTable table, KeyNaming naming)
    {
        var lines = new SortedDictionary<string, double>(StringComparer.Ordinal);
        List<OperatorSpec> withoutName = [],
            failed = [];
        foreach (LatencyEntry entry in table.Entries)
        {
            if (entry.Failure is not null)
                failed.Add(entry.Spec);
            else if (NameOf(entry.Spec, naming) is { } name)
                lines.Add(name, entry.MedianMs);
            else
                withoutName.Add(entry.Spec);
        }
        // Names are made of letters, digits, '_', '-', '+' and spaces: none needs escaping.
        var text = lines.Select(line => $"  \"{line.Key}\": {CanonicalJson.FormatNumber(line.Value)}");
        return new(Encoding.UTF8.GetBytes($"{{\n{string.Join(",\n", text)}\n}}\n"), lines.Count, withoutName, failed);
    }

    private static string? NameOf(OperatorSpec spec, KeyNaming naming) =>
        naming switch
        {
            KeyNaming.Canonical => spec.ToString(),
            _ => AuthorsKeys.TryFormat(spec, out string? name) ? name : null,
        };
}
