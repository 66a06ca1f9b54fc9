using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>
/// Lets calls pass whose client showed a certificate. Without one only this machine gets a connection at all (<see cref="TlsSetup"/>), and
/// of the services the health alone: whoever watches over the profiler here has no certificate.
/// </summary>
public sealed class ClientCertificateGate(RequestDelegate next)
{
    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        // The page of metrics has an address of its own, without TLS.
        if (
            !context.Request.IsHttps
            || context.Connection.ClientCertificate is not null
            || (context.IsOfThisMachine() && context.AsksForHealth())
        )
            return next(context);
        StatusOnly.Write(context, StatusCode.Unauthenticated, "It asks for a client's certificate.");
        return Task.CompletedTask;
    }
}
