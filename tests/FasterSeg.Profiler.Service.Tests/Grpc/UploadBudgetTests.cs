using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class UploadBudgetTests
{
    private const int Chunk = 1 << 20;

    // What an upload takes at its beginning, and as much for seven more, and a chunk.
    private readonly UploadBudget budget = new((8 * UploadBudget.ReceivingBytes) + Chunk);

    [Fact]
    public async Task Uploads_of_a_client_beyond_its_share_are_refused_and_those_of_another_are_not()
    {
        UploadMeter[] annas = [.. Enumerable.Range(0, 4).Select(_ => budget.Meter("anna", new Chunks()))];
        RpcException refusal = Assert.Throws<RpcException>(() => budget.Meter("anna", new Chunks()));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        using UploadMeter other = budget.Meter("bert", new Chunks(Chunk));
        Assert.True(await other.MoveNext(Stop));
        annas[0].Dispose();
        annas[0].Dispose();
        using (budget.Meter("anna", new Chunks()))
            Assert.Equal((5 * UploadBudget.ReceivingBytes) + Chunk, budget.Used);
        foreach (UploadMeter each in annas)
            each.Dispose();
        Assert.Equal(UploadBudget.ReceivingBytes + Chunk, budget.Used);
    }

    [Fact]
    public async Task A_file_that_has_come_takes_its_bytes_until_it_is_answered()
    {
        using (UploadMeter meter = budget.Meter("anna", new Chunks(Chunk, Chunk)))
        {
            while (await meter.MoveNext(Stop))
                Assert.Equal(Chunk, meter.Current.Chunk.Length);
            Assert.Equal(2 * Chunk, budget.Used);
        }
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_file_that_becomes_too_large_for_its_clients_share_is_refused()
    {
        using UploadMeter meter = budget.Meter("anna", new Chunks([.. Enumerable.Repeat(Chunk, 100)]));
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await meter.MoveNext(Stop))
                Assert.True(budget.Used <= (4 * UploadBudget.ReceivingBytes) + Chunk);
        });
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Chunks(params int[] sizes) : IAsyncStreamReader<MeasureModelRequest>
    {
        private int next;

        public MeasureModelRequest Current => new() { Chunk = ByteString.CopyFrom(new byte[sizes[next - 1]]) };

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(next++ < sizes.Length);
    }
}
