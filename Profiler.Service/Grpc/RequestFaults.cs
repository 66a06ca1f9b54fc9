using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Collects what is wrong with a request, so that a caller reads of every fault at once.</summary>
public sealed class RequestFaults
{
    private readonly BadRequest details = new();

    /// <summary>Notes a fault.</summary>
    /// <param name="field">Path of the field in the request, e.g. <c>options.threads</c>.</param>
    /// <param name="sentence">What is wrong and what to do.</param>
    public void Add(string field, string sentence) =>
        details.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = sentence });

    /// <summary>Refuses the request, where anything is wrong with it.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every fault as a field violation.</exception>
    public void ThrowIfAny()
    {
        if (details.FieldViolations.Count > 0) throw ToException();
    }

    /// <summary>The refusal of a request for one fault.</summary>
    public static RpcException Refusal(string field, string sentence)
    {
        var faults = new RequestFaults();
        faults.Add(field, sentence);
        return faults.ToException();
    }

    private RpcException ToException() => new Google.Rpc.Status
    {
        Code = (int)Code.InvalidArgument,
        Message = string.Join(' ', details.FieldViolations.Select(violation => violation.Description).Distinct()),
        Details = { Any.Pack(details) },
    }.ToRpcException();
}
