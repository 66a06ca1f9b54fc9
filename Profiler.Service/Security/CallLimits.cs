using System.Threading.RateLimiting;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// How many calls the profiler takes: at a time, and of one caller in ten seconds. What is beyond gets RESOURCE_EXHAUSTED at once, so
/// that a client gone wild costs others nothing.
/// </summary>
public sealed record CallLimits
{
    /// <summary>Default of <see cref="AtATime"/>.</summary>
    public const int DefaultAtATime = 1000;

    /// <summary>Default of <see cref="InTenSeconds"/>.</summary>
    public const int DefaultInTenSeconds = 2000;

    /// <summary>Default of <see cref="UploadMiB"/>.</summary>
    public const int DefaultUploadMiB = 256;

    /// <summary>Greatest value of <see cref="UploadMiB"/>.</summary>
    public const int MostUploadMiB = 1024;

    /// <summary>Default of <see cref="Waiting"/>.</summary>
    public const int DefaultWaiting = 64;

    /// <summary>Calls at a time, of all callers; a watched job is one for as long as it is watched.</summary>
    public int AtATime { get; init; } = DefaultAtATime;

    /// <summary>Calls of one address in ten seconds.</summary>
    public int InTenSeconds { get; init; } = DefaultInTenSeconds;

    /// <summary>Largest model file, MiB.</summary>
    public int UploadMiB { get; init; } = DefaultUploadMiB;

    /// <summary>Measurements of one client that may wait for the device, and its table jobs that may run at a time.</summary>
    public int Waiting { get; init; } = DefaultWaiting;

    /// <summary>Adds the limits of calls; <c>UseRateLimiter</c> puts them in force.</summary>
    public void AddTo(IServiceCollection services) =>
        services.AddRateLimiter(limits =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(_ =>
                    RateLimitPartition.GetConcurrencyLimiter("all", _ => new ConcurrencyLimiterOptions { PermitLimit = AtATime })
                ),
                PartitionedRateLimiter.Create<HttpContext, string>(context =>
                    RateLimitPartition.GetFixedWindowLimiter(
                        context.Connection.RemoteIpAddress?.ToString() ?? "",
                        _ => new FixedWindowRateLimiterOptions { PermitLimit = InTenSeconds, Window = TimeSpan.FromSeconds(10) }
                    )
                )
            );
            limits.OnRejected = (rejected, _) =>
            {
                StatusOnly.Write(
                    rejected.HttpContext.Response,
                    StatusCode.ResourceExhausted,
                    "The profiler has too many calls to answer: wait a few seconds."
                );
                return ValueTask.CompletedTask;
            };
        });
}
