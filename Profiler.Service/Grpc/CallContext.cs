using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What the services want to know of a call.</summary>
internal static class CallContext
{
    /// <summary>Who calls: the owner of the access key, else the subject of the certificate, else the address, which all programs of a
    /// machine share.</summary>
    public static string Client(this ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        return http.User.Identity?.Name is { } owner ? "key " + owner
            : http.Connection.ClientCertificate is { } certificate ? "certificate " + certificate.Subject
            : "address " + http.Connection.RemoteIpAddress;
    }

    /// <summary>Cancelled with the call, and when the service stops, which would otherwise wait for the call; to be disposed of.</summary>
    public static CancellationTokenSource EndWith(this ServerCallContext context, IHostApplicationLifetime lifetime) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
}
