using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints facts as two aligned columns.</summary>
public static class FactList
{
    /// <summary>Prints each name with its value; a fact without a value is left out.</summary>
    public static void Write(IAnsiConsole console, params IEnumerable<(string Name, string? Value)> facts)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach ((string name, string? value) in facts.Where(fact => !string.IsNullOrEmpty(fact.Value)))
            grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value!));
        console.Write(grid);
    }
}
