using System.Diagnostics;
using System.Globalization;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.Readers;

/// <summary>A table and how its building went.</summary>
/// <param name="Id">The profiler's name for it.</param>
/// <param name="Table">The table.</param>
/// <param name="Seconds">Time that it took.</param>
internal sealed record BuiltTable(string Id, LatencyTable Table, double Seconds)
{
    /// <summary>What it says about itself.</summary>
    public string Line
    {
        get
        {
            LatencyEntry[] measured = [.. Table.Entries.Where(entry => entry.Spread is not null)];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Seconds:0} s, {measured.Length} measured operators, {measured.Sum(entry => entry.Spread!.Samples)} samples in "
                    + $"{measured.Sum(entry => entry.Spread!.Sessions)} sessions, {measured.Sum(entry => entry.Spread!.Disturbed)} "
                    + $"more set aside as disturbed ({measured.Count(entry => entry.Spread!.Disturbed > 0)} operators), "
                    + $"{measured.Count(entry => entry.Noisy)} noisy, {measured.Count(entry => entry.Drifted)} drifted, "
                    + $"{Table.Entries.Count(entry => entry.Failure is not null)} failed"
            );
        }
    }

    /// <summary>Has a table built and fetches it.</summary>
    public static async Task<BuiltTable> BuildAsync(Uri address, BuildTableRequest request, CancellationToken cancellation)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(address);
        long start = Stopwatch.GetTimestamp();
        string id = "";
        using (var call = new ProfilerService.ProfilerServiceClient(channel).BuildTable(request, cancellationToken: cancellation))
        {
            await foreach (BuildTableResponse news in call.ResponseStream.ReadAllAsync(cancellation))
                id = news.TableId;
        }
        return await FetchAsync(channel, id, Stopwatch.GetElapsedTime(start).TotalSeconds, cancellation);
    }

    /// <summary>Fetches a table that was built.</summary>
    /// <param name="channel">The profiler.</param>
    /// <param name="id">The table.</param>
    /// <param name="seconds">Time that it took.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<BuiltTable> FetchAsync(GrpcChannel channel, string id, double seconds, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        using (
            var call = new LatencyTableService.LatencyTableServiceClient(channel).GetTable(
                new GetTableRequest { Id = id },
                cancellationToken: cancellation
            )
        )
        {
            await foreach (GetTableResponse part in call.ResponseStream.ReadAllAsync(cancellation))
                part.Chunk.WriteTo(bytes);
        }
        return new(id, LatencyTableJson.Parse(bytes.ToArray(), id), seconds);
    }

    /// <summary>How two tables agree, operator by operator.</summary>
    public static string Compare(string name, BuiltTable first, BuiltTable second)
    {
        TableComparison comparison = TableComparison.Of(first.Table, second.Table);
        ComparedEntry[] stated = [.. comparison.Entries.Where(entry => entry.IsWithinIntervals is not null)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: |difference| median {comparison.Deviation(0.5):P2}, 95 % below {comparison.Deviation(0.95):P2}; "
                + $"{comparison.Within(0.03):P1} within 3 %; {stated.Average(entry => entry.IsWithinIntervals!.Value ? 1.0 : 0):P1} of "
                + $"{stated.Length} differences within the stated intervals"
        );
    }
}
