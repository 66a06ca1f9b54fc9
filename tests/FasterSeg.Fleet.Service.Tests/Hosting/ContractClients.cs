using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using static FasterSeg.Protos.Fleet.V1.FleetService;
using static FasterSeg.Protos.Profiler.V1.LatencyTableService;
using static FasterSeg.Protos.Profiler.V1.ProfilerService;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>The contract as it is on the wire, said word by word.</summary>
internal sealed class ContractClients(TestFleet fleet)
{
    public static readonly FasterSeg.Latency.Spaces.SearchSpace Space = new(64, 64, 4, [0.5, 1], 4, 3, 1, 1, 0.5, 0.5);

    public ProfilerServiceClient Profiler { get; } = new(fleet.Channel);

    public LatencyTableServiceClient Tables { get; } = new(fleet.Channel);

    public FleetServiceClient Lab { get; } = new(fleet.Channel);

    /// <summary>How many operators of the space are measured.</summary>
    public static int Items => OperatorWork.Of(Space).ToMeasure.Count;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Asks for the space's table.</summary>
    public static BuildTableRequest Table(ulong seed = 1, bool reuse = false, bool anew = false) =>
        new()
        {
            Space = Space.ToMessage(),
            Options = new() { Seed = seed },
            Reuse = reuse,
            Anew = anew,
        };

    /// <summary>All that a table's builder is told.</summary>
    public async Task<List<BuildTableResponse>> BuildAsync(BuildTableRequest request, Metadata? headers = null)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = Profiler.BuildTable(request, headers, cancellationToken: Cancellation);
        return await AllAsync(call.ResponseStream);
    }

    /// <summary>Asks for a table and goes away after so many operators.</summary>
    /// <returns>The job's id.</returns>
    public async Task<string> BeginAsync(BuildTableRequest request, int operators, Metadata? headers = null)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = Profiler.BuildTable(request, headers, cancellationToken: Cancellation);
        do Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        while (call.ResponseStream.Current.Done < operators);
        return call.ResponseStream.Current.JobId;
    }

    /// <summary>A network whose file has a text of so many bytes.</summary>
    public async Task<MeasureModelResponse> MeasureAsync(int bytes)
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = Profiler.MeasureModel(
            cancellationToken: Cancellation
        );
        await call.RequestStream.WriteAsync(new() { Options = new() { Name = "made" } });
        foreach (byte[] chunk in File(bytes).Chunk(1 << 20))
            await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(chunk) });
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    /// <summary>An ONNX file of a text and an empty graph.</summary>
    private static byte[] File(int bytes)
    {
        using var file = new MemoryStream();
        using (var coded = new CodedOutputStream(file, leaveOpen: true))
        {
            coded.WriteTag(6, WireFormat.WireType.LengthDelimited);
            coded.WriteString(new string('a', bytes));
            coded.WriteTag(7, WireFormat.WireType.LengthDelimited);
            coded.WriteBytes(ByteString.Empty);
        }
        return file.ToArray();
    }

    /// <summary>A stream to its end.</summary>
    public static async Task<List<T>> AllAsync<T>(IAsyncStreamReader<T> stream)
    {
        var all = new List<T>();
        await foreach (T message in stream.ReadAllAsync(Cancellation))
            all.Add(message);
        return all;
    }

    /// <summary>What a call is refused with.</summary>
    public static async Task<(StatusCode Status, string Sentence)> RefusalAsync(Func<Task> call)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(call);
        return (refused.StatusCode, refused.Status.Detail);
    }
}
