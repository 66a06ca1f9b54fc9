using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;

namespace FasterSeg.Tests;

/// <summary>Answers of a profiler whose device takes so many times as long as a table says.</summary>
internal static class TableAnswers
{
    public static async Task OperatorsAsync(
        MeasureOperatorsRequest request,
        IServerStreamWriter<MeasureOperatorsResponse> stream,
        LatencyTable table,
        double times
    )
    {
        foreach (string key in request.Keys)
            await stream.WriteAsync(
                new()
                {
                    Key = key,
                    Statistics = Statistics(times * table[OperatorKey.Parse(key)]),
                    Identity = Identity(table.Identity),
                }
            );
    }

    /// <summary>Reads the network's parts out of the uploaded file.</summary>
    public static async Task<MeasureModelResponse> ModelAsync(
        IAsyncStreamReader<MeasureModelRequest> stream,
        LatencyTable table,
        double times,
        TableIdentity? identity = null,
        Action<MeasurementOptions>? options = null
    )
    {
        using var bytes = new MemoryStream();
        await foreach (MeasureModelRequest part in stream.ReadAllAsync())
        {
            if (part.Options is { } told)
                options?.Invoke(told.Measurement);
            part.Chunk.WriteTo(bytes);
        }
        double ms = times * OnnxNetworkReader.Parts(ModelProto.Parser.ParseFrom(bytes.ToArray())).Sum(part => table[part.Spec]);
        return new() { Statistics = Statistics(ms), Identity = Identity(identity ?? table.Identity) };
    }

    /// <summary>Statistics of samples that were all the same.</summary>
    public static Statistics Statistics(double ms, int samples = 20) =>
        new()
        {
            MedianMs = ms,
            MeanMs = ms,
            ConfidenceLowMs = ms,
            ConfidenceHighMs = ms,
            P05Ms = ms,
            P25Ms = ms,
            P75Ms = ms,
            P95Ms = ms,
            Samples = samples,
            Sessions = 3,
        };

    private static Identity Identity(TableIdentity identity) =>
        new()
        {
            DeviceName = identity.DeviceName,
            DeviceUuid = identity.DeviceUuid,
            Provider = ExecutionProvider.Cpu,
            OnnxruntimeVersion = identity.OnnxRuntime,
            Precision = Precision.Fp32,
            Threads = identity.Threads,
            BatchSize = identity.BatchSize,
            Protocol = identity.Protocol,
        };
}
