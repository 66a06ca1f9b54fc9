using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints facts as two aligned columns.</summary>
public static class FactList
{
    /// <summary>Prints each name with its value; a fact without a value is left out.</summary>
    public static void Write(IAnsiConsole console, params IEnumerable<(string Name, string? Value)> facts)
    {
        (string Name, string? Value)[] known = [.. facts.Where(fact => !string.IsNullOrEmpty(fact.Value))];
        int width = known.Max(fact => fact.Name.Length);
        foreach ((string name, string? value) in known)
            console.MarkupLineInterpolated($"[grey]{name.PadRight(width)}[/]   {value}");
    }
}
