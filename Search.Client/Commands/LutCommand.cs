using System.CommandLine;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg lut</c>: what one does with a latency table that is there.</summary>
public static class LutCommand
{
    /// <summary>The command for the command line, with its subcommands.</summary>
    public static Command Create(IAnsiConsole console) =>
        new("lut", "Shows, compares, validates, imports and exports latency tables, and draws networks from them.")
        {
            LutShowCommand.Create(console),
            LutDiffCommand.Create(console),
            LutValidateCommand.Create(console),
            LutImportCommand.Create(console),
            LutExportCommand.Create(console),
            LutRandomCommand.Create(console),
        };
}
