using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Pages;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>A profiler that answers calls, until it is disposed of.</summary>
public sealed class RunningProfiler : IAsyncDisposable
{
    private readonly WebApplication application;

    internal RunningProfiler(WebApplication application)
    {
        this.application = application;
        Address = new(application.Urls.First());
        Page = application.Services.GetService<PageMark>() is null ? null : new(application.Urls.Last());
        Device = application.Services.GetRequiredService<IEngine>().Device;
    }

    /// <summary>Where it answers, e.g. <c>http://127.0.0.1:5151</c>.</summary>
    public Uri Address { get; }

    /// <summary>Where its page for people is; null where it has none.</summary>
    public Uri? Page { get; }

    /// <summary>What it measures on.</summary>
    public DeviceFacts Device { get; }

    /// <summary>Tells whoever started the program where it answers: in a sentence, or as an event of a log that is all JSON.</summary>
    public void Announce(LogFormat format)
    {
        if (format == LogFormat.Json)
            application.Logger.LogInformation(
                "The profiler listens on {Address} and measures on {Device}; its page for people is {Page}.",
                Address,
                Device.Name,
                Page?.ToString() ?? "off"
            );
        else
            Console.WriteLine(
                $"The profiler listens on {Address} and measures on {Device.Name}."
                    + (Page is null ? "" : $"\nIts page for people is {Page}")
            );
    }

    /// <summary>Waits until the program is asked to end.</summary>
    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    /// <summary>Ends all jobs and stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
