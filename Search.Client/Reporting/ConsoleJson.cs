using System.Text.Json;
using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <c>--json</c> prints: one JSON value and nothing else, with names in camelCase as a run's files have them.</summary>
internal static class ConsoleJson
{
    /// <summary>A value as text.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value, RunJson.Options);

    /// <summary>Prints a value. Straight to the writer: a console would wrap its lines.</summary>
    public static void Write(IAnsiConsole console, object value) => console.Profile.Out.Writer.WriteLine(Text(value));

    /// <summary>A console for all else: standard error.</summary>
    public static IAnsiConsole Aside() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>A share, correlation or time that may be of nothing; JSON has no NaN.</summary>
    public static double? Known(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
