using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Collects what is wrong with a request, so that a caller reads of every fault at once.</summary>
public sealed class RequestFaults
{
    /// <summary>Most faults that are told; what is beyond is counted.</summary>
    public const int Most = 16;

    private const int LongestMessage = 2000;

    private readonly BadRequest details = new();
    private int untold;

    /// <summary>Whether anything is wrong.</summary>
    public bool HasAny => details.FieldViolations.Count > 0;

    /// <summary>The field of the first fault.</summary>
    public string FirstField => details.FieldViolations[0].Field;

    /// <summary>All faults, a sentence each.</summary>
    public string Sentence =>
        StatusText.Shortened(
            string.Join(' ', details.FieldViolations.Select(violation => violation.Description).Distinct()),
            LongestMessage
        ) + (untold == 0 ? "" : $" {untold} more faults are not listed.");

    /// <summary>Notes a fault.</summary>
    /// <param name="field">Path of the field in the request, e.g. <c>options.threads</c>.</param>
    /// <param name="sentence">What is wrong and what to do.</param>
    public void Add(string field, string sentence)
    {
        if (details.FieldViolations.Count == Most)
            untold++;
        else
            details.FieldViolations.Add(
                new BadRequest.Types.FieldViolation { Field = field, Description = StatusText.Shortened(sentence) }
            );
    }

    /// <summary>Refuses the request, where anything is wrong with it.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every fault as a field violation.</exception>
    public void ThrowIfAny()
    {
        if (HasAny)
            throw ToException();
    }

    /// <summary>The refusal of a request for one fault.</summary>
    public static RpcException Refusal(string field, string sentence)
    {
        var faults = new RequestFaults();
        faults.Add(field, sentence);
        return faults.ToException();
    }

    private RpcException ToException() =>
        new Google.Rpc.Status
        {
            Code = (int)Code.InvalidArgument,
            Message = Sentence,
            Details = { Any.Pack(details) },
        }.ToRpcException();
}
