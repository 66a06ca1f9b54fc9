using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>What a worker has measured, to and from the messages on its standard streams: the one mapping, of both sides.</summary>
internal static class WorkerMessages
{
    // Only what the worker itself writes is read with it.
    private const string Where = "the worker";

    /// <summary>A session of an operator as the worker's answer.</summary>
    public static WorkerResponse ToAnswer(this OperatorSession session)
    {
        var message = new Session { Entry = LatencyTableJson.SerializeEntry(session.Entry) };
        message.SamplesMs.AddRange(session.SamplesMs.ToArray());
        return new() { Session = message };
    }

    /// <summary>The sessions of a network as the worker's answer.</summary>
    public static WorkerResponse ToAnswer(this ModelSessions sessions) => new() { Model = sessions.Joined.ToMessage(sessions.SamplesMs) };

    /// <summary>The refusal of a network as the worker's answer.</summary>
    public static WorkerResponse ToAnswer(this ModelRefusedException refused) =>
        new()
        {
            Refusal = new Refusal { Field = refused.Part.ToString(), Sentence = refused.Message },
        };

    /// <summary>A session of an operator.</summary>
    public static OperatorSession ToSession(this Session message) =>
        new(LatencyTableJson.ParseEntry(message.Entry, Where), message.SamplesMs.ToArray());

    /// <summary>The sessions of a network.</summary>
    public static ModelSessions ToSessions(this Proto.MeasureModelResponse message) =>
        new(message.ToMeasurement(), [.. message.Samples.Select(session => (ReadOnlyMemory<double>)session.SamplesMs.ToArray())]);

    /// <summary>The refusal of a network.</summary>
    public static ModelRefusedException ToException(this Refusal message) =>
        new(Enum.TryParse(message.Field, out RefusedPart part) ? part : RefusedPart.Model, message.Sentence);
}
