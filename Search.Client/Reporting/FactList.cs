using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints facts as two aligned columns.</summary>
public static class FactList
{
    // A device has its own, which on a GPU is another one.
    private const string Memory = "memory";

    // A device's own lines say these already.
    private static readonly string[] SaidElsewhere = ["cpu", "logical_cores", "operating_system", "onnxruntime"];

    /// <summary>The facts of a device's environment that its other facts leave out.</summary>
    public static IEnumerable<(string Name, string? Value)> Environment(IEnumerable<KeyValuePair<string, string>> environment) =>
        environment
            .Where(fact => !SaidElsewhere.Contains(fact.Key))
            .OrderBy(fact => fact.Key, StringComparer.Ordinal)
            .Select(fact => (fact.Key == Memory ? "machine memory" : fact.Key.Replace('_', ' '), (string?)fact.Value));

    /// <summary>Prints each name with its value; a fact without a value is left out.</summary>
    public static void Write(IAnsiConsole console, params IEnumerable<(string Name, string? Value)> facts)
    {
        (string Name, string? Value)[] known = [.. facts.Where(fact => !string.IsNullOrEmpty(fact.Value))];
        int width = known.Max(fact => fact.Name.Length);
        foreach ((string name, string? value) in known)
            console.MarkupLineInterpolated($"[grey]{name.PadRight(width)}[/]   {value}");
    }
}
