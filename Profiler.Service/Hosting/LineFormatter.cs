using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>An event of the log as one line of text, of a bounded length and without characters that a terminal obeys, whatever the event
/// quotes: models, names and paths come from others.</summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>Names it.</summary>
    public const string FormatterName = "fasterseg-line";

    private const int LongestMessage = 2000,
        LongestException = 6000;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string level = logEntry.LogLevel switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write($"{level}: {logEntry.Category}[{logEntry.EventId.Id}] {LogText.Of(message, LongestMessage)}");
        if (logEntry.Exception is { } fault)
            textWriter.Write(" " + LogText.Of(fault.ToString(), LongestException));
        textWriter.WriteLine();
    }
}
