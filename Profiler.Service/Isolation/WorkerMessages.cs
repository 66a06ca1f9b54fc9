using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;
using Google.Protobuf;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>What a worker has measured, to and from the messages on its standard streams: the one mapping, of both sides.</summary>
internal static class WorkerMessages
{
    // Only what the worker itself writes is read with it.
    private const string Where = "the worker";

    /// <summary>An uploaded network as the service's request.</summary>
    public static WorkerRequest ToRequest(this UploadedModel model, int askedBatch, bool withSamples) =>
        new()
        {
            Model = new Model
            {
                Onnx = { model.Parts.Select(UnsafeByteOperations.UnsafeWrap) },
                BatchSize = askedBatch,
                WithSamples = withSamples,
                Shapes = { model.Shapes.Select(shape => new Proto.InputShape { Name = shape.Name, Sides = { shape.Sides } }) },
            },
        };

    /// <summary>The network of the service's request.</summary>
    public static UploadedModel ToUploadedModel(this Model model) =>
        new([.. model.Onnx.Select(part => part.Memory)], [.. model.Shapes.Select(shape => new InputShape(shape.Name, [.. shape.Sides]))]);

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
    public static OperatorSession ToOperatorSession(this WorkerResponse answer) =>
        new(LatencyTableJson.ParseEntry(answer.Session.Entry, Where), answer.Session.SamplesMs.ToArray());

    /// <summary>The sessions of a network.</summary>
    public static ModelSessions ToModelSessions(this WorkerResponse answer) =>
        new(answer.Model.ToMeasurement(), [.. answer.Model.Samples.Select(session => (ReadOnlyMemory<double>)session.SamplesMs.ToArray())]);

    /// <summary>The refusal of a network.</summary>
    public static ModelRefusedException ToException(this WorkerResponse answer) =>
        new(Enum.TryParse(answer.Refusal.Field, out RefusedPart part) ? part : RefusedPart.Model, answer.Refusal.Sentence);
}
