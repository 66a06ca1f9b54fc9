using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Tables as a profiler serves them.</summary>
internal static class ServedTable
{
    /// <summary>Saves the table of an id.</summary>
    /// <param name="channel">To the profiler.</param>
    /// <param name="id">Of the table.</param>
    /// <param name="file">Where it goes.</param>
    /// <returns>The file.</returns>
    public static async Task<string> SaveAsync(GrpcChannel channel, string id, string file)
    {
        using AsyncServerStreamingCall<GetTableResponse> call = new LatencyTableService.LatencyTableServiceClient(channel).GetTable(
            new GetTableRequest { Id = id },
            cancellationToken: Workbench.Stop
        );
        using (FileStream whole = File.Create(file))
        {
            await foreach (GetTableResponse part in call.ResponseStream.ReadAllAsync(Workbench.Stop))
                part.Chunk.WriteTo(whole);
        }
        return file;
    }
}
