using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Behind the gate of keys: notes that a connection's caller is known, so that it may stay. Calls that need no key leave it a
/// guest.</summary>
public sealed class ConnectionGate(RequestDelegate next)
{
    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        GuestConnection? connection = context.Features.Get<GuestConnection>();
        if (connection is null)
            await next(context);
        else if (!context.IsKnown() && (context.AsksForHealth() || context.AsksForMetrics()))
        {
            connection.BeginCall();
            try
            {
                await next(context);
            }
            finally
            {
                connection.EndCall();
            }
        }
        else if (connection.TryBecomeKnown(context.Client()))
            await next(context);
        else
            StatusOnly.Write(
                context,
                StatusCode.ResourceExhausted,
                "This client has as many connections as it may have: make calls over those, or close some."
            );
    }
}
