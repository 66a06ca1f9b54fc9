using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class BuildTableTests(ProfilerFixture host)
{
    // Built once: a table takes seconds. Tests of one class never run at once.
    private static List<BuildTableResponse>? built;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_built_listed_and_read_back()
    {
        List<BuildTableResponse> progress = await BuiltAsync();
        BuildTableResponse last = progress[^1];
        Assert.Equal(12, last.TableId.Length);
        Assert.Equal(last.Total, last.Done);
        Assert.All(progress[1..^1].Where(each => each.Network.Length == 0), each =>
            Assert.True(each.Statistics.MedianMs > 0 && each.Failure.Length == 0, each.ToString())
        );
        // Behind the operators come the whole networks.
        Assert.Equal(
            12,
            progress.SkipWhile(each => each.Network.Length == 0).Take(12).Select(each => each.Network[..13]).Distinct().Count()
        );
        Assert.Equal(
            Enumerable.Range(progress[0].Done, last.Total - progress[0].Done + 1),
            progress[..^1].Select(each => each.Done).Distinct()
        );

        LatencyTable table = await ReadAsync(last.TableId);
        FasterSeg.Latency.Spaces.SearchSpace space = Assert.IsType<FasterSeg.Latency.Spaces.SearchSpace>(table.Space);
        Assert.Equal(space.Operators(full: true), table.Entries.Select(entry => entry.Spec));
        Assert.All(table.Entries, entry =>
            Assert.Equal(entry.Spec.IsZeroByDefinition ? EntryOrigin.Defined : EntryOrigin.Measured, entry.Origin)
        );
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal(["CPUExecutionProvider"], entry.Placement!.Nodes.Keys)
        );
        Assert.StartsWith("12 random networks measured whole, ", table.Environment[LatencyTable.NetworksFact], StringComparison.Ordinal);
        Assert.Equal("sessions-v5 sessions=2 half-width=0.5 min-samples=6 cap=0.01s hot-cache", table.Identity.Protocol);
        Assert.Equal(host.Profiler.Device.Name, table.Identity.DeviceName);

        ListTablesResponse list = await host.Tables.ListTablesAsync(new(), cancellationToken: Cancellation);
        TableSummary summary = list.Tables.Single(each => each.Id == last.TableId);
        Assert.Equal(table.Entries.Count, summary.Entries);
        Assert.Equal(LatencyTableJson.HashOf(table), summary.Hash);
        Assert.Equal(ProfilerFixture.TinySpace, summary.Space);
    }

    [Fact]
    public async Task The_raw_samples_of_a_table_are_there_on_request()
    {
        List<BuildTableResponse> progress = await BuiltAsync();
        BuildTableResponse last = progress[^1];
        // On a busy machine a session beside a drift is measured, and its samples are kept, but it does not count in the entry: take one of
        // which all count.
        LatencyEntry entry = (await ReadAsync(last.TableId)).Entries.First(entry =>
            entry.Origin == EntryOrigin.Measured && entry.Spread!.Sessions == progress.Count(each => each.Key == entry.Spec.ToString())
        );
        GetSamplesResponse samples = await SamplesAsync(last.JobId, entry.Spec.ToString());
        Assert.Equal(
            (entry.Spread!.Sessions, entry.Spread.Samples),
            (samples.Sessions.Count, samples.Sessions.Sum(session => session.SamplesMs.Count))
        );
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => SamplesAsync(last.JobId, "conv h16 w16 c8-8 s1"))).StatusCode
        );
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => SamplesAsync("nobody", entry.Spec.ToString()))).StatusCode
        );
        Assert.Equal(
            StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(() => SamplesAsync(last.JobId, "convolution"))).StatusCode
        );
    }

    [Fact]
    public async Task A_second_client_attaches_to_the_running_job_which_outlives_the_first()
    {
        using AsyncServerStreamingCall<BuildTableResponse> first = host.Measuring.BuildTable(
            Request(seed: 2),
            cancellationToken: Cancellation
        );
        for (int i = 0; i < 5; i++)
            Assert.True(await first.ResponseStream.MoveNext(Cancellation));
        string job = first.ResponseStream.Current.JobId;
        int done = first.ResponseStream.Current.Done;

        using AsyncServerStreamingCall<BuildTableResponse> second = host.Measuring.BuildTable(
            Request(seed: 2),
            cancellationToken: Cancellation
        );
        Assert.True(await second.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(job, second.ResponseStream.Current.JobId);
        Assert.True(second.ResponseStream.Current.Done >= done);
        Assert.Empty(second.ResponseStream.Current.Key);

        first.Dispose();
        List<BuildTableResponse> rest = await ProfilerFixture.CollectAsync(second.ResponseStream);
        Assert.All(rest, each => Assert.Equal(job, each.JobId));
        Assert.NotEmpty(rest[^1].TableId);
    }

    [Fact]
    public async Task A_finished_table_is_reused_only_where_that_is_asked_for()
    {
        BuildTableRequest request = Request(seed: 3);
        request.Options.MaximumSeconds = 0.005;
        string first = (await BuildAsync(request))[^1].TableId;
        string anew = (await BuildAsync(request))[^1].TableId;
        Assert.NotEqual(first, anew);

        request.Reuse = true;
        BuildTableResponse only = Assert.Single(await BuildAsync(request));
        Assert.Equal(anew, only.TableId);
        Assert.Equal(only.Total, only.Done);
    }

    [Fact]
    public async Task Who_lost_its_connection_gets_the_table_of_its_own_job()
    {
        BuildTableRequest request = Request(seed: 5);
        request.Options.MaximumSeconds = 0.006;
        List<BuildTableResponse> first = await BuildAsync(request);
        await BuildAsync(request);
        (request.Reuse, request.JobId) = (true, first[0].JobId);
        Assert.Equal(first[^1].TableId, Assert.Single(await BuildAsync(request)).TableId);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e6)]
    public async Task A_wait_for_quiet_that_is_none_is_refused(double seconds)
    {
        BuildTableRequest request = Request(seed: 6);
        request.QuietSeconds = seconds;
        var fault = await Assert.ThrowsAsync<RpcException>(() => BuildAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains("use 0 to 86400 s", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_table_is_not_found()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => ReadAsync("0123456789ab"));
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
        Assert.Contains("0123456789ab", fault.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>What was told while a table of two sessions was built.</summary>
    private async Task<List<BuildTableResponse>> BuiltAsync()
    {
        if (built is not null)
            return built;
        BuildTableRequest request = Request(seed: 1);
        request.Options.Sessions = 2;
        return built = await BuildAsync(request);
    }

    private static BuildTableRequest Request(ulong seed)
    {
        var request = new BuildTableRequest { Space = ProfilerFixture.TinySpace, Options = ProfilerFixture.Once };
        request.Options.Seed = seed;
        return request;
    }

    private async Task<List<BuildTableResponse>> BuildAsync(BuildTableRequest request)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = host.Measuring.BuildTable(request, cancellationToken: Cancellation);
        return await ProfilerFixture.CollectAsync(call.ResponseStream);
    }

    private async Task<GetSamplesResponse> SamplesAsync(string job, string key) =>
        await host.Measuring.GetSamplesAsync(new() { JobId = job, Key = key }, cancellationToken: Cancellation);

    private async Task<LatencyTable> ReadAsync(string id)
    {
        using AsyncServerStreamingCall<GetTableResponse> call = host.Tables.GetTable(new() { Id = id }, cancellationToken: Cancellation);
        List<GetTableResponse> chunks = await ProfilerFixture.CollectAsync(call.ResponseStream);
        return LatencyTableJson.Parse(chunks.SelectMany(chunk => chunk.Chunk).ToArray(), id);
    }
}
