using System.Globalization;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>An answer that consists of its status, from where neither a gRPC service nor a page is reached.</summary>
internal static class StatusOnly
{
    /// <summary>Writes the answer: gRPC's own, or at the page for people a browser's.</summary>
    public static void Write(HttpContext context, StatusCode status, string message)
    {
        HttpResponse response = context.Response;
        if (context.AsksForPage())
        {
            response.StatusCode =
                status == StatusCode.Unauthenticated ? StatusCodes.Status401Unauthorized : StatusCodes.Status429TooManyRequests;
            // A browser then asks for a name and a password: the key is the password.
            if (status == StatusCode.Unauthenticated)
                response.Headers.WWWAuthenticate = "Basic realm=\"FasterSeg profiler: any name, an access key as the password\"";
            return;
        }
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = message;
    }
}
