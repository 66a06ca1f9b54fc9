using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>A network's measurement as a device answered it.</summary>
internal static class ModelMessages
{
    /// <summary>Its response on the reference's scale.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the device refused the model.</exception>
    public static MeasureModelResponse Read(ItemRow item, SelectedPool pool)
    {
        ModelResult result = new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse<ModelResult>(item.Entry!);
        if (result.Refusal is { } refusal)
            throw RequestFaults.Refusal(refusal.Field, refusal.Sentence);
        if (result.Response is not { Statistics: { } statistics } response || !Numbers(statistics).All(IsTime) || statistics.MedianMs == 0)
            throw new RpcException(
                new Status(StatusCode.Internal, $"Device '{item.Device}' answered for the network with what is no latency: ask again.")
            );
        response.Identity ??= pool.Reference.Identity.Clone();
        Scale(response.Statistics, item.Factor);
        foreach (SessionSamples session in response.Samples)
        {
            for (int i = 0; i < session.SamplesMs.Count; i++)
                session.SamplesMs[i] /= item.Factor;
        }
        // On the reference's scale it is the reference's number.
        response.Identity.DeviceUuid = TableMapping.ToIdentity(pool.Reference.Identity).DeviceUuid;
        return response;
    }

    private static double[] Numbers(Statistics statistics) =>
        [
            statistics.MedianMs,
            statistics.MeanMs,
            statistics.StandardDeviationMs,
            statistics.ConfidenceLowMs,
            statistics.ConfidenceHighMs,
            statistics.P05Ms,
            statistics.P25Ms,
            statistics.P75Ms,
            statistics.P95Ms,
        ];

    private static bool IsTime(double ms) => double.IsFinite(ms) && ms >= 0;

    private static void Scale(Statistics statistics, double factor)
    {
        statistics.MedianMs /= factor;
        statistics.MeanMs /= factor;
        statistics.StandardDeviationMs /= factor;
        statistics.ConfidenceLowMs /= factor;
        statistics.ConfidenceHighMs /= factor;
        statistics.P05Ms /= factor;
        statistics.P25Ms /= factor;
        statistics.P75Ms /= factor;
        statistics.P95Ms /= factor;
    }
}
