using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// Lets calls pass that carry <c>authorization: Bearer KEY</c>. Health checks pass without: they tell only whether somebody is
/// there, and the machine that asks has no key. So does the metrics' page, which has an address of its own.
/// </summary>
public sealed class AccessKeyGate(RequestDelegate next, AccessKeys keys, ILogger<AccessKeyGate> logger)
{
    private const string Scheme = "Bearer ";
    private readonly RareLog rare = new(logger);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        string? sent =
            context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? header[Scheme.Length..].Trim()
                : null;
        KeyOwner? owner = sent is null ? null : keys.OwnerOf(sent);
        if (owner is not null)
            context.User = Caller.Of(owner);
        if (owner is not null || context.AsksForHealth() || context.AsksForMetrics())
        {
            await next(context);
            return;
        }
        rare.Warn(
            "A call of {Path} from {Address} was refused: {Why}",
            LogText.Of(context.Request.Path),
            context.Connection.RemoteIpAddress,
            sent is null ? "no key" : "a wrong key"
        );
        if (context.Features.Get<GuestConnection>() is { } guest)
            await guest.BearRefusalAsync(context);
        StatusOnly.Write(
            context.Response,
            StatusCode.Unauthenticated,
            sent is null ? "This profiler asks for an access key." : "The access key is not known here."
        );
    }
}
