using System.CommandLine;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg data</c>: what one does with images before a search.</summary>
public static class DataCommand
{
    /// <summary>The command for the command line, with its subcommands.</summary>
    public static Command Create(IAnsiConsole console) => new("data", "Checks images and masks.") { DataCheckCommand.Create(console) };
}
