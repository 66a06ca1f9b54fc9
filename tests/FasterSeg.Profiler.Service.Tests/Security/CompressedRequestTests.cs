using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class CompressedRequestTests(ProfilerFixture host)
{
    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    /// <summary>Zeros are compressed a thousand times: four megabytes, the most that a message may have, would become four
    /// gigabytes.</summary>
    [Fact]
    public async Task A_message_that_is_large_once_it_is_unpacked_is_refused_and_not_unpacked()
    {
        const int Unpacked = 64 << 20;
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = host.Measuring.MeasureModel(
            Gzip,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var zeros = new MeasureModelRequest { Chunk = UnsafeByteOperations.UnsafeWrap(new byte[Unpacked]) };
        try
        {
            await call.RequestStream.WriteAsync(zeros, TestContext.Current.CancellationToken);
        }
        catch (RpcException)
        {
            // The answer came before the message had left.
        }
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }
}
