using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class ModelUploadTests
{
    private readonly byte[] onnx = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteArray();

    [Fact]
    public async Task Chunks_are_put_together_in_order()
    {
        ModelUpload upload = await ReceiveAsync(mostBytes: onnx.Length);
        Assert.Equal(onnx, upload.Model.ToArray());
        Assert.Equal("network", upload.Options.Name);
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => ReceiveAsync(mostBytes: onnx.Length - 1));
        Assert.Equal("chunk", Assert.Single(RefusalTests.Violations(fault)).Field);
        Assert.Contains($"larger than {onnx.Length - 1} bytes", fault.Status.Detail, StringComparison.Ordinal);
    }

    private Task<ModelUpload> ReceiveAsync(long mostBytes) =>
        ModelUpload.ReceiveAsync(
            new Messages([
                new() { Options = new() { Name = "network" } },
                .. onnx.Chunk(500).Select(chunk => new MeasureModelRequest { Chunk = ByteString.CopyFrom(chunk) }),
            ]),
            mostBytes,
            TestContext.Current.CancellationToken
        );

    private sealed class Messages(IEnumerable<MeasureModelRequest> messages) : IAsyncStreamReader<MeasureModelRequest>
    {
        private readonly IEnumerator<MeasureModelRequest> each = messages.GetEnumerator();

        public MeasureModelRequest Current => each.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(each.MoveNext());
    }
}
