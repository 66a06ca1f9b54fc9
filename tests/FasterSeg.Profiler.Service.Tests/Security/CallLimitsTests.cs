using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class CallLimitsTests
{
    [Fact]
    public async Task A_caller_gone_wild_is_told_to_wait()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-limits-").FullName;
        try
        {
            await using RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
                new ProfilerHostOptions
                {
                    StoreFolder = folder,
                    LockFolder = folder,
                    Calls = new() { InTenSeconds = 50 },
                },
                TestContext.Current.CancellationToken
            );
            using GrpcChannel channel = GrpcChannel.ForAddress(profiler.Address);
            var client = new LatencyTableService.LatencyTableServiceClient(channel);
            // Ten seconds may end in between: then as many again.
            var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                for (int call = 0; call < 20 * 50; call++)
                    await client.ListTablesAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
            });
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }
}
