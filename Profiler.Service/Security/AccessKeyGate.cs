using System.Text;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// Lets calls pass that carry <c>authorization: Bearer KEY</c>. Health checks pass without: they tell only whether somebody is
/// there, and the machine that asks has no key. So does the metrics' page, which has an address of its own. A browser sends the key as a
/// password, at the page for people only.
/// </summary>
public sealed class AccessKeyGate(RequestDelegate next, AccessKeys keys, ILogger<AccessKeyGate> logger)
{
    private const string Scheme = "Bearer ",
        Password = "Basic ";
    private readonly RareLog rare = new(logger);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        string header = context.Request.Headers.Authorization.ToString();
        string? sent =
            header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim()
            : header.StartsWith(Password, StringComparison.OrdinalIgnoreCase) && context.AsksForPage()
                ? KeyOf(header[Password.Length..].Trim())
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
            context,
            StatusCode.Unauthenticated,
            sent is null ? "It asks for an access key." : "The access key is not known here."
        );
    }

    /// <summary>What follows the first colon of <c>name:password</c>, in base 64.</summary>
    private static string? KeyOf(string encoded)
    {
        byte[] bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out int length))
            return null;
        string both = Encoding.UTF8.GetString(bytes, 0, length);
        return both[(both.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}
