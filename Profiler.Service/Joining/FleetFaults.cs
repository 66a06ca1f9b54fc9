using FasterSeg.Profiler.Client;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>Why a call of a fleet ended, in a sentence of the log.</summary>
internal static class FleetFaults
{
    private const int LongestDetail = 400;

    /// <summary>Whether the fleet refuses this device, which calling again at once does not mend.</summary>
    public static bool IsRefusal(RpcException fault) =>
        fault.Status.DebugException is null
        && fault.StatusCode
            is StatusCode.Unauthenticated
                or StatusCode.PermissionDenied
                or StatusCode.InvalidArgument
                or StatusCode.FailedPrecondition
                or StatusCode.AlreadyExists
                or StatusCode.NotFound
                or StatusCode.Unimplemented;

    /// <summary>What happened, and what to do.</summary>
    /// <param name="fault">How the call ended.</param>
    /// <param name="fleet">Whom it called.</param>
    public static string Sentence(RpcException fault, string fleet)
    {
        string detail = LogText.Of(fault.Status.Detail, LongestDetail).TrimEnd('.');
        if (fault.Status.DebugException is { } inner)
            return OfConnection(fault, fleet, LogText.Of(inner.GetBaseException().Message, LongestDetail).TrimEnd('.'));
        return fault.StatusCode switch
        {
            StatusCode.Unauthenticated =>
                $"The fleet at {fleet} does not let this device in: {detail}. Set FASTERSEG_PROFILER_KEY to a device's key that the "
                    + "fleet's file knows",
            StatusCode.Unimplemented =>
                $"What answers at {fleet} is no fleet, or one of another version ({detail}): check the address and update it",
            _ when IsRefusal(fault) => $"The fleet at {fleet} does not take this device: {detail}",
            _ => $"The fleet at {fleet} ended the call: {detail}",
        };
    }

    private static string OfConnection(RpcException fault, string fleet, string reason) =>
        ConnectionFaults.Of(fault) switch
        {
            ConnectionFault.UnknownHost => $"No machine of the name in {fleet} is known ({reason}): check the address",
            ConnectionFault.NoWay => $"The machine of {fleet} cannot be reached ({reason}): see whether it is on, and check the network",
            ConnectionFault.Refused => $"No fleet answers at {fleet}: start it with 'fasterseg-fleet', or check the address",
            ConnectionFault.Silent => $"What listens at {fleet} gives no sign of life",
            ConnectionFault.OtherName => $"The certificate of the fleet at {fleet} was issued for another name ({reason})",
            ConnectionFault.Untrusted => $"The fleet at {fleet} and this device do not trust each other's certificates ({reason}): set "
                + "FASTERSEG_PROFILER_CA to the PEM file of the authority that issued the fleet's",
            ConnectionFault.Cut => $"The connection to the fleet at {fleet} broke off",
            _ => $"Something answers at {fleet}, but not as a fleet does ({reason}): check address and port",
        };
}
