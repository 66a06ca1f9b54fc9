using Microsoft.Extensions.Logging.Console;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>The log of a program of its own on its console.</summary>
internal static class HostLog
{
    /// <summary>An event is a line of text.</summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging) =>
        logging
            .AddConsole(console => console.FormatterName = LineFormatter.FormatterName)
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();

    /// <summary>Leaves out what the program tells in its own words.</summary>
    public static ILoggingBuilder Quieten(this ILoggingBuilder logging) =>
        logging
            .AddFilter("Microsoft", LogLevel.Warning)
            // A failed start is told in one sentence by whoever started it, not in a stack trace too.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddFilter("Grpc", LogLevel.Warning)
            // Whoever asks for the health would write a line: what makes it bad is told once, where it happens.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            // What goes wrong within a call is told by FaultInterceptor, and what is no request by UnreadableRequests: in a line.
            .AddFilter("Grpc.AspNetCore.Server", LogLevel.None);
}
