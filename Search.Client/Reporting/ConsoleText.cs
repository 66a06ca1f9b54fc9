using FasterSeg.Latency;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints texts in which commands may stand (<see cref="CommandText.Below"/>).</summary>
internal static class ConsoleText
{
    /// <summary>Prints a text. A console breaks lines at its width, and a command that is broken cannot be pasted: those lines go straight
    /// to the writer.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="text">One line or more.</param>
    public static void Write(IAnsiConsole console, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (CommandText.IsCommand(line))
                console.Profile.Out.Writer.WriteLine(line);
            else
                console.WriteLine(line);
        }
    }
}
