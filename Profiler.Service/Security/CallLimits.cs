using System.Threading.RateLimiting;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// How many calls the profiler takes: at a time, and of one caller in ten seconds. What is beyond gets RESOURCE_EXHAUSTED at once, so
/// that a client gone wild costs others nothing.
/// </summary>
public static class CallLimits
{
    /// <summary>Calls at a time, of all callers; a watched job is one for as long as it is watched.</summary>
    public const int MostAtATime = 1000;

    /// <summary>Calls of one address in ten seconds.</summary>
    public const int MostInTenSeconds = 2000;

    /// <summary>Adds the limits; <c>UseRateLimiter</c> puts them in force.</summary>
    public static IServiceCollection AddCallLimits(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(_ => RateLimitPartition.GetConcurrencyLimiter("all",
                _ => new ConcurrencyLimiterOptions { PermitLimit = MostAtATime })),
            PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = MostInTenSeconds, Window = TimeSpan.FromSeconds(10) })));
        limits.OnRejected = (rejected, _) =>
        {
            StatusOnly.Write(rejected.HttpContext.Response, StatusCode.ResourceExhausted, "The profiler has too many calls to answer: wait a few seconds.");
            return ValueTask.CompletedTask;
        };
    });
}
