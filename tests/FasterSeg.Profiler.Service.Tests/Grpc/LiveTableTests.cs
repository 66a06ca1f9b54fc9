using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>Tables that are watched and refreshed.</summary>
public sealed class LiveTableTests(ProfilerFixture host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refreshed_table_reaches_its_watchers_and_tells_of_the_drift()
    {
        MeasurementOptions options = ProfilerFixture.Once;
        // A time cap of its own makes an identity that no other test has.
        options.MaximumSeconds = 0.0123;
        using AsyncServerStreamingCall<WatchTableResponse> watch = host.Tables.WatchTable(
            new() { Space = ProfilerFixture.TinySpace, Options = options },
            cancellationToken: Cancellation
        );
        using AsyncServerStreamingCall<BuildTableResponse> build = host.Measuring.BuildTable(
            new() { Space = ProfilerFixture.TinySpace, Options = options },
            cancellationToken: Cancellation
        );
        string built = (await ProfilerFixture.CollectAsync(build.ResponseStream))[^1].TableId;
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(built, watch.ResponseStream.Current.Table.Id);

        using AsyncServerStreamingCall<RefreshTableResponse> refresh = host.Tables.RefreshTable(
            new()
            {
                Id = built,
                Share = 0.1,
                Seed = 3,
            },
            cancellationToken: Cancellation
        );
        List<RefreshTableResponse> news = await ProfilerFixture.CollectAsync(refresh.ResponseStream);
        Assert.All(news[..^1], each => Assert.True(each.BeforeMs > 0 && each.Statistics.MedianMs > 0));
        Assert.Equal(news[^1].Total, news.Count - 1);
        Assert.InRange(news[^1].MedianRatio, 0.1, 10);
        Assert.InRange(news[^1].OutsideInterval, 0, 1);

        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(news[^1].TableId, watch.ResponseStream.Current.Table.Id);
        LatencyTable before = await ReadAsync(built),
            after = await ReadAsync(news[^1].TableId);
        string[] changed =
        [
            .. before.Entries.Zip(after.Entries).Where(pair => pair.First != pair.Second).Select(pair => pair.First.Spec.ToString()),
        ];
        Assert.Equal(news[..^1].Select(each => each.Key).Order(StringComparer.Ordinal), changed.Order(StringComparer.Ordinal));

        // A refreshed table can be refreshed again.
        using AsyncServerStreamingCall<RefreshTableResponse> third = host.Tables.RefreshTable(
            new() { Id = news[^1].TableId, Share = 0.02 },
            cancellationToken: Cancellation
        );
        Assert.NotEmpty((await ProfilerFixture.CollectAsync(third.ResponseStream))[^1].TableId);
    }

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(1.5), InlineData(double.NaN)]
    public async Task A_share_out_of_range_is_refused(double share)
    {
        using AsyncServerStreamingCall<RefreshTableResponse> call = host.Tables.RefreshTable(
            new() { Id = "x", Share = share },
            cancellationToken: Cancellation
        );
        Assert.Equal(
            StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream))).StatusCode
        );
    }

    [Fact]
    public async Task An_unknown_table_is_not_found()
    {
        using AsyncServerStreamingCall<RefreshTableResponse> call = host.Tables.RefreshTable(
            new() { Id = "000000000000", Share = 1 },
            cancellationToken: Cancellation
        );
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream))).StatusCode
        );
    }

    private async Task<LatencyTable> ReadAsync(string id)
    {
        using AsyncServerStreamingCall<GetTableResponse> call = host.Tables.GetTable(new() { Id = id }, cancellationToken: Cancellation);
        return LatencyTableJson.Parse(
            (await ProfilerFixture.CollectAsync(call.ResponseStream)).SelectMany(each => each.Chunk).ToArray(),
            id
        );
    }
}
