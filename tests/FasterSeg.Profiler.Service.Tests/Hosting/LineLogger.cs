using Microsoft.Extensions.Logging;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

/// <summary>A log that does something with each line.</summary>
/// <param name="told">What it does.</param>
internal class LineLogger<T>(Action<string> told) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => told(formatter(state, exception));
}
