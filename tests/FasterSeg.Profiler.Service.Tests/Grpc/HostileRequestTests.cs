using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>What the fuzz runs found, each as a request of its own.</summary>
public sealed class HostileRequestTests(ProfilerFixture host)
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thousands_of_faults_are_told_in_a_bounded_answer_and_the_connection_lives()
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = host.Measuring.MeasureOperators(
            new() { Keys = { Enumerable.Range(0, 2000).Select(i => $"µ{i} {new string('µ', 200)}") } },
            cancellationToken: Cancellation
        );
        RpcException fault = await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream));
        List<BadRequest.Types.FieldViolation> told = RefusalTests.Violations(fault);
        Assert.Equal(RequestFaults.Most, told.Count);
        Assert.Contains("1984 more faults", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('x'), InlineData('\u00b5'), InlineData('\0')]
    public async Task A_long_name_is_quoted_in_part(char letter)
    {
        string name = new(letter, 100_000 / 16);
        RpcException job = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Measuring.GetJobAsync(new() { Id = name }, cancellationToken: Cancellation)
        );
        Assert.Equal(StatusCode.NotFound, job.StatusCode);
        using AsyncServerStreamingCall<GetTableResponse> call = host.Tables.GetTable(new() { Id = name }, cancellationToken: Cancellation);
        RpcException table = await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream));
        Assert.Equal(StatusCode.NotFound, table.StatusCode);
        Assert.All([job, table], fault => Assert.InRange(fault.Status.Detail.Length, 100, 200));
        Assert.Contains("...'", table.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProfilerServiceName, "GetJob", MethodType.Unary)]
    [InlineData(ProfilerServiceName, "BuildTable", MethodType.ServerStreaming)]
    [InlineData(ProfilerServiceName, "MeasureModel", MethodType.ClientStreaming)]
    [InlineData("fasterseg.profiler.v1.LatencyTableService", "GetTable", MethodType.ServerStreaming)]
    [InlineData("grpc.health.v1.Health", "Check", MethodType.Unary)]
    [InlineData("grpc.health.v1.Health", "Watch", MethodType.ServerStreaming)]
    public async Task Bytes_that_are_no_message_are_refused(string service, string name, MethodType type)
    {
        var method = new Method<byte[], byte[]>(type, service, name, Raw, Raw);
        CallInvoker invoker = host.Channel.CreateCallInvoker();
        byte[] cut = [0x0a, 0x7f];
        RpcException fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            switch (type)
            {
                case MethodType.Unary:
                    await invoker.AsyncUnaryCall(method, null, new(cancellationToken: Cancellation), cut);
                    break;
                case MethodType.ServerStreaming:
                    using (
                        AsyncServerStreamingCall<byte[]> reading = invoker.AsyncServerStreamingCall(
                            method,
                            null,
                            new(cancellationToken: Cancellation),
                            cut
                        )
                    )
                        await reading.ResponseStream.MoveNext(Cancellation);
                    break;
                default:
                    using (
                        AsyncClientStreamingCall<byte[], byte[]> sending = invoker.AsyncClientStreamingCall(
                            method,
                            null,
                            new(cancellationToken: Cancellation)
                        )
                    )
                    {
                        await sending.RequestStream.WriteAsync(cut, Cancellation);
                        await sending;
                    }
                    break;
            }
        });
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains("cannot be read", fault.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>Parsed, each empty shape takes 88 bytes for its two.</summary>
    [Theory]
    [InlineData("MeasureModel", new byte[] { 0x22, 0x00 }), InlineData("GetJob", new byte[] { 0x50, 0x00 })]
    public async Task A_message_that_would_become_many_times_its_bytes_is_not_parsed(string name, byte[] part)
    {
        byte[] content = [.. Enumerable.Repeat(part, (3 << 20) / part.Length).SelectMany(each => each)];
        byte[] message =
            name == "MeasureModel"
                ? new MeasureModelRequest
                {
                    // The field's wire type is the same, the options' place is the chunk's.
                    Chunk = ByteString.CopyFrom(content),
                }.ToByteArray()
                : content;
        if (name == "MeasureModel")
            message[0] = 0x0a;
        var method = new Method<byte[], byte[]>(MethodType.ClientStreaming, ProfilerServiceName, name, Raw, Raw);
        using AsyncClientStreamingCall<byte[], byte[]> call = host
            .Channel.CreateCallInvoker()
            .AsyncClientStreamingCall(method, null, new(cancellationToken: Cancellation));
        try
        {
            await call.RequestStream.WriteAsync(message, Cancellation);
        }
        catch (RpcException)
        {
            // The answer came before the message had left.
        }
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("more than the 1048576 that one may have", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_its_upload_is_no_failure()
    {
        RpcException fault = await Assert.ThrowsAsync<RpcException>(() =>
            ModelUpload.ReceiveAsync(new ResetStream(), 1 << 20, Cancellation)
        );
        Assert.Equal(StatusCode.Cancelled, fault.StatusCode);
    }

    private const string ProfilerServiceName = "fasterseg.profiler.v1.ProfilerService";

    private sealed class ResetStream : IAsyncStreamReader<MeasureModelRequest>
    {
        public MeasureModelRequest Current => new();

        public Task<bool> MoveNext(CancellationToken cancellationToken) => throw new IOException("The client reset the request stream.");
    }
}
