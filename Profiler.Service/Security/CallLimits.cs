using System.Threading.RateLimiting;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// How many calls the profiler takes: at a time, and of one client in ten seconds. What is beyond gets RESOURCE_EXHAUSTED at once, so
/// that a client gone wild costs others nothing.
/// </summary>
public sealed record CallLimits
{
    /// <summary>Default of <see cref="AtATime"/>.</summary>
    public const int DefaultAtATime = 2000;

    /// <summary>Default of <see cref="InTenSeconds"/>.</summary>
    public const int DefaultInTenSeconds = 2000;

    /// <summary>Default of <see cref="UploadMiB"/>.</summary>
    public const int DefaultUploadMiB = 256;

    /// <summary>Greatest value of <see cref="UploadMiB"/>.</summary>
    public const int MostUploadMiB = 1024;

    /// <summary>Default of <see cref="Waiting"/>.</summary>
    public const int DefaultWaiting = 64;

    /// <summary>Default of <see cref="DeviceSeconds"/>.</summary>
    public const double DefaultDeviceSeconds = 300;

    /// <summary>Watches of the health at a time, of all callers.</summary>
    public const int HealthWatches = 64;

    /// <summary>Calls at a time, of all callers, who share them (<see cref="Shares"/>); a watched job is one for as long as it is
    /// watched.</summary>
    public int AtATime { get; init; } = DefaultAtATime;

    /// <summary>Calls of one client in ten seconds, and as many questions for the health.</summary>
    public int InTenSeconds { get; init; } = DefaultInTenSeconds;

    /// <summary>Largest model file, MiB.</summary>
    public int UploadMiB { get; init; } = DefaultUploadMiB;

    /// <summary>Measurements of one client that may wait for the device, and its table jobs that may run at a time.</summary>
    public int Waiting { get; init; } = DefaultWaiting;

    /// <summary>What one measurement of an uploaded model may have of the device beyond twice the time to build it, s.</summary>
    public double DeviceSeconds { get; init; } = DefaultDeviceSeconds;

    /// <summary>How long a client may be silent before it is asked whether it is there, and then how long the answer may take: one that was
    /// stopped gives back what it holds. At least a second.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is called, for the sentence of a refusal.</summary>
    public string Service { get; init; } = "profiler";

    /// <summary>Adds the limits of calls; <c>UseRateLimiter</c> puts them in force, behind whatever finds out who calls. Health has limits
    /// of its own: it must answer when all else is taken, and take nothing of it.</summary>
    public void AddTo(IServiceCollection services)
    {
        var calls = new Shares(AtATime);
        var watches = new Shares(HealthWatches);
        services.AddRateLimiter(limits =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(context =>
                    context.WatchesHealth() ? Share("health ", watches, context.Client())
                    : context.AsksForHealth() || context.AsksForMetrics() ? RateLimitPartition.GetNoLimiter("")
                    : Share("", calls, context.Client())
                ),
                PartitionedRateLimiter.Create<HttpContext, string>(context =>
                    context.AsksForHealth() && context.Features.Get<GuestConnection>()?.IsFirstQuestion() == true
                        ? RateLimitPartition.GetNoLimiter("")
                        : RateLimitPartition.GetFixedWindowLimiter(
                            (context.AsksForHealth() ? "health " : "") + context.Client(),
                            _ => new FixedWindowRateLimiterOptions { PermitLimit = InTenSeconds, Window = TimeSpan.FromSeconds(10) }
                        )
                )
            );
            limits.OnRejected = async (rejected, _) =>
            {
                if (rejected.HttpContext.WatchesHealth() && rejected.HttpContext.Features.Get<GuestConnection>() is { } connection)
                    await connection.BearTooManyAsync(rejected.HttpContext);
                StatusOnly.Write(
                    rejected.HttpContext,
                    StatusCode.ResourceExhausted,
                    $"The {Service} has too many calls of this client to answer: end some, or wait a few seconds."
                );
            };
        });
    }

    private static RateLimitPartition<string> Share(string kind, Shares shares, string client) =>
        RateLimitPartition.Get(kind + client, _ => (RateLimiter)new ShareLimiter(shares, client));
}
