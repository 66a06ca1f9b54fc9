using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;
using Grpc.Core;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>An ONNX file as it arrived in chunks.</summary>
/// <param name="Options">What the first message asked for.</param>
/// <param name="Model">The file, of which the bytes were looked at (<see cref="OnnxLook"/>) and nothing was parsed, with the sides that
/// were asked for.</param>
public sealed record ModelUpload(Proto.MeasureModelOptions Options, UploadedModel Model)
{
    /// <summary>Name of the field that faults of the file are noted under.</summary>
    public const string FileField = "chunk";

    /// <summary>Receives an upload to its end.</summary>
    /// <param name="stream">The messages.</param>
    /// <param name="mostBytes">Largest file, bytes.</param>
    /// <param name="cancellation">Ends the wait for them.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a message out of order, too large a file, or no ONNX file. CANCELLED: the client
    /// left.</exception>
    public static async Task<ModelUpload> ReceiveAsync(
        IAsyncStreamReader<Proto.MeasureModelRequest> stream,
        long mostBytes,
        CancellationToken cancellation
    )
    {
        Proto.MeasureModelOptions? options = null;
        var file = new IncomingModel(mostBytes);
        try
        {
            await foreach (Proto.MeasureModelRequest message in stream.ReadAllAsync(cancellation))
            {
                bool isOptions = message.PartCase == Proto.MeasureModelRequest.PartOneofCase.Options;
                if (isOptions != options is null)
                    throw RequestFaults.Refusal(
                        "options",
                        "The upload is out of order: the options come in the first message, and in no other."
                    );
                if (isOptions)
                    options = message.Options;
                else
                    file.Add(message.Chunk);
            }
            options ??= new();
            return new(options, file.End(options.Shapes));
        }
        catch (UnusableModelException fault)
        {
            throw RequestFaults.Refusal(FileField, fault.Message);
        }
        catch (IOException fault) when (fault is not InvalidProtocolBufferException)
        {
            // It happens every day, and is no failure of the profiler.
            throw new RpcException(new Status(StatusCode.Cancelled, "The client left in the middle of its upload."));
        }
    }

    /// <summary>The field of a request that a refusal is about.</summary>
    /// <param name="refused">The refusal.</param>
    /// <param name="options">Path of the measurement options in the request.</param>
    public static string FieldOf(ModelRefusedException refused, string options) =>
        refused.Part == RefusedPart.BatchSize ? $"{options}.batch_size" : FileField;
}
