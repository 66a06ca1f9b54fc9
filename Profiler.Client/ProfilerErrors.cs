using FasterSeg.Latency;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Profiler.Client;

/// <summary>Turns a failed gRPC call into one sentence for the user.</summary>
public static class ProfilerErrors
{
    /// <summary>One profiler.</summary>
    public const string Profiler = "profiler";

    /// <summary>Many devices behind one address.</summary>
    public const string Fleet = "fleet";

    /// <summary>The exception to throw instead.</summary>
    /// <param name="exception">How the call failed.</param>
    /// <param name="address">Whom it called.</param>
    /// <param name="what">Who should be there: <see cref="Profiler"/> or <see cref="Fleet"/>.</param>
    public static UserErrorException Translate(RpcException exception, string address, string what = Profiler) =>
        exception.StatusCode switch
        {
            // Somebody's own words, not gRPC's: a web server, or a proxy in between.
            not StatusCode.Unimplemented when IsPlainWeb(exception) => Foreign(exception, address, what),
            StatusCode.Unavailable
            or StatusCode.Internal
            or StatusCode.Unknown
            or StatusCode.Cancelled
            or StatusCode.DeadlineExceeded when exception.Status.DebugException is not null => OfConnection(exception, address, what),
            // It answers, and says why it does not measure: it stops, or its device is lost.
            StatusCode.Unavailable when exception.Status.Detail.Length > 0 => new UserErrorException(
                $"The {what} at {address} cannot do this now: {exception.Status.Detail}",
                exception
            ),
            StatusCode.Unavailable => Nobody(exception, address, what),
            StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted => new UserErrorException(
                $"The {what} at {address} did not take the request: {exception.Status.Detail}",
                exception
            ),
            StatusCode.Unimplemented => new UserErrorException(
                $"What answers at {address} is no {what}, or one of another version "
                    + $"({exception.Status.Detail}): check the address and update it.",
                exception
            ),
            StatusCode.Unauthenticated => new UserErrorException(
                $"The {what} at {address} does not let this client in: {exception.Status.Detail} Set FASTERSEG_PROFILER_KEY to "
                    + $"a key that '{Program(what)} new-key' made and the {what}'s file knows.",
                exception
            ),
            StatusCode.InvalidArgument when IsAboutRequest(exception) => new UsageException(
                $"The {what} refused the request: {Reason(exception)}",
                exception
            ),
            StatusCode.InvalidArgument => new UserErrorException(Reason(exception), exception),
            StatusCode.Aborted => new UserErrorException($"The {what} at {address} says: {exception.Status.Detail}", exception),
            _ when IsRefusal(exception) => new UserErrorException($"The {what} at {address} refused: {exception.Status.Detail}", exception),
            _ => new UserErrorException($"The {what} at {address} failed ({exception.StatusCode}): {exception.Status.Detail}", exception),
        };

    /// <summary>The exception to throw where the port speaks the other scheme (<see cref="PortProbe"/>).</summary>
    /// <param name="address">The address that was called.</param>
    /// <param name="right">The one that would have been right.</param>
    /// <param name="exception">How the call failed.</param>
    public static UserErrorException WrongScheme(string address, Uri right, RpcException exception) =>
        new ProfilerUnreachableException(
            right.Scheme == Uri.UriSchemeHttp
                ? $"What listens at {address} speaks plain HTTP, without TLS: write {Text(right)}."
                : $"What listens at {address} speaks TLS: write {Text(right)}.",
            exception
        );

    /// <summary>True where the machine took the connection and the call failed on it, as it does in the wrong scheme.</summary>
    public static bool MayBeAnotherScheme(RpcException exception) =>
        exception.Status.DebugException is not null
        && ConnectionFaults.Of(exception) is ConnectionFault.Cut or ConnectionFault.Untrusted or ConnectionFault.Foreign;

    /// <summary>What was said by this side of the connection.</summary>
    private static UserErrorException OfConnection(RpcException exception, string address, string what) =>
        ConnectionFaults.Of(exception) switch
        {
            ConnectionFault.UnknownHost => new ProfilerUnreachableException(
                $"No machine of the name in {address} is known ({Innermost(exception).TrimEnd('.')}): check the address.",
                exception
            ),
            ConnectionFault.NoWay => new ProfilerUnreachableException(
                $"The machine of {address} cannot be reached ({Innermost(exception).TrimEnd('.')}): see whether it is on, and "
                    + "check address, network and firewalls.",
                exception
            ),
            ConnectionFault.Refused => Nobody(exception, address, what),
            ConnectionFault.Silent => new ProfilerUnreachableException(
                $"What listens at {address} takes connections but gives no sign of life: it hangs, its machine is gone, or it is "
                    + $"no {what}. Check address and port, or start the {what} again.",
                exception
            ),
            ConnectionFault.OtherName => new UserErrorException(
                $"The certificate of the {what} at {address} was issued for another name: call it by the name or address that "
                    + "the certificate has, or issue one for this.",
                exception
            ),
            ConnectionFault.Untrusted => new UserErrorException(
                $"The {what} at {address} and this client do not trust each other's certificates "
                    + $"({Innermost(exception).TrimEnd('.')}): set FASTERSEG_PROFILER_CA to the PEM file of the authority that issued "
                    + $"the {what}'s, and FASTERSEG_PROFILER_CERTIFICATE to this client's where the {what} asks for one.",
                exception
            ),
            // TLS 1.3 tells a client only after the handshake, by cutting the connection: before HTTP/2 has begun, or in the middle of its
            // own.
            ConnectionFault.Cut when IsTls(address) => new ProfilerUnreachableException(
                $"No {what} answers at {address}, or it cuts the connection because it wants another client's certificate: "
                    + $"start one with '{Program(what)}', or set FASTERSEG_PROFILER_CERTIFICATE.",
                exception
            ),
            ConnectionFault.Cut => new ProfilerUnreachableException(
                $"The connection to {address} broke off: the {what} there was ended, or it is none. Check the address, or "
                    + $"start one with '{Program(what)}'.",
                exception
            ),
            _ => Foreign(exception, address, what),
        };

    private static ProfilerUnreachableException Nobody(RpcException exception, string address, string what) =>
        new(
            what == Fleet
                ? $"No fleet answers at {address}: start one with 'fasterseg-fleet', or name the address of a node that runs."
                : $"No profiler answers at {address}: start one with 'fasterseg-profiler', or leave --profiler out to measure on this "
                    + "machine.",
            exception
        );

    private static ProfilerUnreachableException Foreign(RpcException exception, string address, string what) =>
        new(
            $"Something answers at {address}, but it does not speak gRPC as a {what} "
                + $"does ({exception.Status.Detail}): check address and port.",
            exception
        );

    private static string Program(string what) => "fasterseg-" + what;

    // Without the slash behind the port.
    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static bool IsTls(string address) => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static bool IsPlainWeb(RpcException exception) =>
        exception.Status.Detail.StartsWith("Bad gRPC response", StringComparison.Ordinal);

    /// <summary>True where the connection broke or the call was cut off, so that a second call may succeed.</summary>
    public static bool IsBrokenConnection(RpcException exception) =>
        exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        // Set only where the failure arose on this side of the connection: a reset stream, a cut message.
        || (exception.StatusCode is StatusCode.Internal or StatusCode.Unknown && exception.Status.DebugException is not null);

    /// <summary>True where what was called says in a sentence why it does not do this.</summary>
    internal static bool IsRefusal(RpcException exception) =>
        exception.StatusCode is StatusCode.FailedPrecondition or StatusCode.PermissionDenied or StatusCode.NotFound
        && exception.Status.Detail.Length > 0
        && !IsPlainWeb(exception);

    /// <summary>The field violations of a BadRequest in one sentence, or the status' own words where there are none.</summary>
    private static string Reason(RpcException exception)
    {
        IReadOnlyList<BadRequest.Types.FieldViolation> violations = Violations(exception);
        return violations.Count == 0
            ? exception.Status.Detail
            : string.Join(
                ' ',
                violations
                    .Select(violation => IsFile(violation) ? violation.Description : $"{violation.Description} ({violation.Field})")
                    .Distinct()
            );
    }

    /// <summary>False where the refusal is about an uploaded file's content, which is no matter of usage.</summary>
    private static bool IsAboutRequest(RpcException exception) =>
        Violations(exception) is { Count: > 0 } violations && !violations.Any(IsFile);

    private static bool IsFile(BadRequest.Types.FieldViolation violation) => violation.Field is "" or "chunk";

    private static IReadOnlyList<BadRequest.Types.FieldViolation> Violations(RpcException exception) =>
        exception.GetRpcStatus()?.GetDetail<BadRequest>() is { } request ? request.FieldViolations : [];

    private static string Innermost(RpcException exception) =>
        exception.Status.DebugException?.GetBaseException().Message ?? exception.Status.Detail;
}
