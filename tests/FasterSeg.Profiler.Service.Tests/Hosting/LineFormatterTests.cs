using FasterSeg.Profiler.Service.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

public sealed class LineFormatterTests
{
    [Fact]
    public void What_an_event_quotes_is_one_line_without_codes_and_of_a_bounded_length()
    {
        string line = Write("a name\u001b[2J\r\nfail: forged\u202e " + new string('x', 4 << 20), null);
        Assert.StartsWith("warn: test[3] a name\\u001B[2J\\u000D\\u000Afail: forged\\u202E xxx", line, StringComparison.Ordinal);
        Assert.EndsWith(" characters)", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 100, 3000);
    }

    [Fact]
    public void An_exception_stands_in_the_same_line()
    {
        string line = Write("it failed", new InvalidOperationException("because\n\u0007of this"));
        Assert.Contains("it failed System.InvalidOperationException: because\\u000A\\u0007of this", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void What_strangers_cause_is_written_a_few_times_and_then_counted()
    {
        var log = new ListLogger<LineFormatterTests>();
        var rare = new RareLog(log);
        for (int i = 0; i < 6000; i++)
            rare.Warn("A request from {Somebody} cannot be read", LogText.Of("x"));
        Assert.Equal(RareLog.Most, log.Lines.Count);
    }

    private static string Write(string message, Exception? fault)
    {
        using var text = new StringWriter();
        new LineFormatter().Write(
            new LogEntry<string>(LogLevel.Warning, "test", new EventId(3), message, fault, (state, _) => state),
            scopeProvider: null,
            text
        );
        return text.ToString().TrimEnd();
    }
}
