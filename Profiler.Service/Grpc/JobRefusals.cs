using FasterSeg.Latency.Spaces;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What is said of jobs that are not to be had, by a profiler and by a fleet.</summary>
internal static class JobRefusals
{
    /// <summary>Who watches a job is told of its cancellation.</summary>
    public static Status Cancelled { get; } =
        new(StatusCode.Aborted, "The job was cancelled; what it has measured is kept, and it goes on when it is asked for again.");

    /// <summary>PERMISSION_DENIED: it is another client's.</summary>
    public static RpcException NotYours(string id) =>
        new(
            new Status(
                StatusCode.PermissionDenied,
                $"Job '{id}' belongs to another client, who may cancel it; so may the owner of an operator's key."
            )
        );

    /// <summary>FAILED_PRECONDITION: it has ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="state">Where it stands, one of the states' names.</param>
    public static RpcException NotRunning(string id, Enum state) =>
        new(new Status(StatusCode.FailedPrecondition, $"Job '{id}' is not running: it is {state.ToString().ToLowerInvariant()}."));

    /// <summary>NOT_FOUND: there is nothing of an operator.</summary>
    public static RpcException NoSamples(string id, OperatorSpec spec) =>
        new(
            new Status(
                StatusCode.NotFound,
                $"Job '{id}' has no samples of '{spec}': it has not measured that, or is so old that they were dropped."
            )
        );
}
