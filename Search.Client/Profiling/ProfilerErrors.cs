using FasterSeg.Operators;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Search.Client.Profiling;

/// <summary>Turns a failed gRPC call into one sentence for the user.</summary>
internal static class ProfilerErrors
{
    /// <summary>The exception to throw instead.</summary>
    /// <param name="exception">How the call failed.</param>
    /// <param name="address">Whom it called.</param>
    public static UserErrorException Translate(RpcException exception, string address) => exception.StatusCode switch
    {
        StatusCode.Unavailable or StatusCode.Internal when IsAboutTrust(exception) => new UserErrorException(
            $"The profiler at {address} and this client do not trust each other's certificates ({Innermost(exception).TrimEnd('.')}): set FASTERSEG_PROFILER_CA to the PEM file of the authority that issued the profiler's, and FASTERSEG_PROFILER_CERTIFICATE to this client's where the profiler asks for one.", exception),
        // TLS 1.3 tells a client only after the handshake, by cutting the connection: before HTTP/2 has begun, or in the middle of its own.
        StatusCode.Unavailable or StatusCode.Internal when IsCutTls(exception, address) => new ProfilerUnreachableException(
            $"No profiler answers at {address}, or it cuts the connection because it wants another client's certificate: start one with 'fasterseg-profiler', or set FASTERSEG_PROFILER_CERTIFICATE.", exception),
        StatusCode.Unavailable => new ProfilerUnreachableException(
            $"No profiler answers at {address}: start one with 'fasterseg-profiler', or leave --profiler out to measure on this machine.", exception),
        StatusCode.DeadlineExceeded => new ProfilerUnreachableException(
            $"The profiler at {address} did not answer in time: see whether it is busy or hangs, then repeat the command.", exception),
        StatusCode.Unimplemented => new UserErrorException(
            $"What answers at {address} is no profiler, or one of another version ({exception.Status.Detail}): check the address and update it.", exception),
        StatusCode.Unauthenticated => new UserErrorException(
            $"The profiler at {address} does not let this client in: {exception.Status.Detail} Set FASTERSEG_PROFILER_KEY to a key that 'fasterseg-profiler new-key' made and the profiler's file knows.", exception),
        StatusCode.InvalidArgument when IsAboutRequest(exception) => new UsageException(
            $"The profiler refused the request: {Reason(exception)}", exception),
        StatusCode.InvalidArgument => new UserErrorException(Reason(exception), exception),
        StatusCode.Unknown or StatusCode.Internal when IsForeign(exception) => new ProfilerUnreachableException(
            $"Something answers at {address}, but it does not speak gRPC as a profiler does ({exception.Status.Detail}): check address and port.", exception),
        _ => new UserErrorException($"The profiler at {address} failed ({exception.StatusCode}): {exception.Status.Detail}", exception),
    };

    /// <summary>True where the connection broke or the call was cut off, so that a second call may succeed.</summary>
    public static bool IsBrokenConnection(RpcException exception) =>
        exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        // Set only where the failure arose on this side of the connection: a reset stream, a cut message.
        || (exception.StatusCode is StatusCode.Internal or StatusCode.Unknown && exception.Status.DebugException is not null);

    /// <summary>The field violations of a BadRequest in one sentence, or the status' own words where there are none.</summary>
    private static string Reason(RpcException exception)
    {
        IReadOnlyList<BadRequest.Types.FieldViolation> violations = Violations(exception);
        return violations.Count == 0
            ? exception.Status.Detail
            : string.Join(' ', violations.Select(violation => IsFile(violation)
                ? violation.Description
                : $"{violation.Description} ({violation.Field})").Distinct());
    }

    /// <summary>False where the refusal is about an uploaded file's content, which is no matter of usage.</summary>
    private static bool IsAboutRequest(RpcException exception) =>
        Violations(exception) is { Count: > 0 } violations && !violations.Any(IsFile);

    private static bool IsFile(BadRequest.Types.FieldViolation violation) => violation.Field is "" or "chunk";

    private static IReadOnlyList<BadRequest.Types.FieldViolation> Violations(RpcException exception) =>
        exception.GetRpcStatus()?.GetDetail<BadRequest>() is { } request ? request.FieldViolations : [];

    private static bool IsAboutTrust(RpcException exception) => Causes(exception).Any(cause => cause is System.Security.Authentication.AuthenticationException);

    private static bool IsCutTls(RpcException exception, string address) => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
        && (exception.StatusCode == StatusCode.Unavailable
            || (Causes(exception).Any(cause => cause is IOException or HttpRequestException) && !Causes(exception).Any(IsAboutProtocol)));

    /// <summary>True for what somebody answered who has no HTTP/2, or breaks its rules.</summary>
    private static bool IsAboutProtocol(Exception cause) =>
        cause is HttpProtocolException or HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError };

    private static IEnumerable<Exception> Causes(RpcException exception)
    {
        for (Exception? cause = exception.Status.DebugException; cause is not null; cause = cause.InnerException) yield return cause;
    }

    private static string Innermost(RpcException exception) => exception.Status.DebugException?.GetBaseException().Message ?? exception.Status.Detail;

    private static bool IsForeign(RpcException exception) =>
        exception.Status.DebugException is not null || exception.Status.Detail.StartsWith("Bad gRPC response", StringComparison.Ordinal);
}
