using System.Globalization;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>A gRPC answer that consists of its status, from where no gRPC service is reached.</summary>
internal static class StatusOnly
{
    /// <summary>Writes the answer.</summary>
    public static void Write(HttpResponse response, StatusCode status, string message)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = message;
    }
}
