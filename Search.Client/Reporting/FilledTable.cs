using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>A table of texts whose columns without any text are left out: a run that was not measured has no column of
/// measurements.</summary>
/// <param name="border">Around and between cells.</param>
internal sealed class FilledTable(TableBorder border)
{
    private readonly List<TableColumn> columns = [];
    private readonly List<string[]> rows = [];

    /// <summary>Adds a column, behind the others.</summary>
    public FilledTable AddColumn(TableColumn column)
    {
        columns.Add(column);
        return this;
    }

    /// <summary>Adds a row, with a text for each column.</summary>
    public void AddRow(params string[] cells) => rows.Add(cells);

    /// <summary>Prints it; nothing where there are no rows.</summary>
    public void Write(IAnsiConsole console)
    {
        if (rows.Count == 0)
            return;
        int[] filled = [.. Enumerable.Range(0, columns.Count).Where(i => rows.Exists(row => row[i].Length > 0))];
        var table = new Table { Border = border };
        table.AddColumns([.. filled.Select(i => columns[i])]);
        foreach (string[] row in rows)
            table.AddRow(filled.Select(i => new Text(row[i])));
        console.Write(table);
    }
}
