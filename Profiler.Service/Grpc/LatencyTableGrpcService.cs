using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>The finished tables' half of the contract.</summary>
public sealed class LatencyTableGrpcService(TableStore store) : LatencyTableService.LatencyTableServiceBase
{
    /// <summary>Largest chunk of a table, bytes.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <inheritdoc/>
    public override Task<ListTablesResponse> ListTables(ListTablesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListTablesResponse { Tables = { store.List().Select(stored => stored.ToMessage()) } });

    /// <inheritdoc/>
    public override async Task GetTable(
        GetTableRequest request, IServerStreamWriter<GetTableResponse> responseStream, ServerCallContext context)
    {
        StoredTable stored = store.Find(request.Id) ?? throw new RpcException(new Status(StatusCode.NotFound,
            $"This profiler has no table '{request.Id}': list its tables, or have it build one."));
        ReadOnlyMemory<byte> json = LatencyTableJson.Serialize(stored.Table);
        for (int offset = 0; offset < json.Length; offset += ChunkBytes)
        {
            ReadOnlyMemory<byte> chunk = json.Slice(offset, Math.Min(ChunkBytes, json.Length - offset));
            await responseStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
        }
    }
}
