using FasterSeg.Profiler.Service.Jobs;
using Microsoft.Extensions.Logging;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>A log that takes its time: jobs begin with a line in it.</summary>
internal sealed class HeldLog : ILogger<TableJobs>, IDisposable
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => released.TrySetResult();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => released.Task.Wait(TestContext.Current.CancellationToken);

    public void Dispose() => Release();
}
