using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>Tables with holes and tables of a loaded device, on the wire.</summary>
public sealed class UnsoundTableTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-unsound-").FullName;
    private readonly FakeEngine engine;
    private volatile bool isFailing;
    private WebApplication? application;
    private GrpcChannel? channel;

    public UnsoundTableTests()
    {
        var ticking = new SyntheticTime();
        engine = new FakeEngine
        {
            Time = ticking,
            Running = _ => ticking.Advance(1),
            Opening = name =>
            {
                if (isFailing && name.StartsWith("head", StringComparison.Ordinal))
                    throw new InvalidOperationException("no kernel");
            },
        };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TableStore Store => application!.Services.GetRequiredService<TableStore>();

    public async ValueTask InitializeAsync()
    {
        application = await FakeHost.StartAsync(engine, folder);
        channel = GrpcChannel.ForAddress(application.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        channel?.Dispose();
        if (application is not null)
            await application.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_holed_table_says_so_and_is_reused_only_where_there_is_no_whole_one()
    {
        isFailing = true;
        BuildTableResponse holed = await BuildAsync(reuse: false);
        Assert.True(holed.FailedEntries > 0);
        Assert.Equal(holed.FailedEntries, (await SummaryAsync(holed.TableId)).FailedEntries);
        BuildTableResponse reused = await BuildAsync(reuse: true);
        Assert.Equal((holed.TableId, holed.FailedEntries), (reused.TableId, reused.FailedEntries));
        isFailing = false;
        BuildTableResponse whole = await BuildAsync(reuse: false);
        isFailing = true;
        BuildTableResponse newer = await BuildAsync(reuse: false);
        Assert.Equal((0, holed.FailedEntries), (whole.FailedEntries, newer.FailedEntries));
        Assert.Equal(whole.TableId, (await BuildAsync(reuse: true)).TableId);
    }

    [Fact]
    public async Task A_loaded_table_says_so_and_is_not_reused()
    {
        LatencyTable sound = Store.Find((await BuildAsync(reuse: false)).TableId)!.Table;
        StoredTable loaded = Store.Save(
            new LatencyTable(
                sound.Identity with
                {
                    Protocol = "another",
                },
                sound.Space,
                sound.Entries,
                sound.Created,
                new Dictionary<string, string> { [LatencyTable.LoadedFact] = "somebody copies memory" }
            )
        );
        Assert.Equal("somebody copies memory", (await SummaryAsync(loaded.Id)).Loaded);
        // Of the same identity as what is asked for, newer than the sound one, and then alone.
        StoredTable newer = Store.Save(
            new LatencyTable(sound.Identity, sound.Space, sound.Entries, sound.Created.AddDays(1), loaded.Table.Environment)
        );
        Assert.Equal(LatencyTableJson.IdOf(sound), (await BuildAsync(reuse: true)).TableId);
        BuildTableResponse other = await BuildAsync(reuse: true, seconds: 0.02, alone: newer.Table);
        Assert.Equal("", other.Loaded);
        Assert.Null(Store.Find(other.TableId)!.Table.Loaded);
    }

    private async Task<TableSummary> SummaryAsync(string id) =>
        (
            await new LatencyTableService.LatencyTableServiceClient(channel).ListTablesAsync(new(), cancellationToken: Cancellation)
        ).Tables.Single(table => table.Id == id);

    /// <summary>Has a table built.</summary>
    /// <param name="reuse">Whether a finished one will do.</param>
    /// <param name="seconds">The cap, which is part of the identity.</param>
    /// <param name="alone">A loaded table of which a copy is to be the only one of this identity.</param>
    private async Task<BuildTableResponse> BuildAsync(bool reuse, double seconds = 0.01, LatencyTable? alone = null)
    {
        var request = new BuildTableRequest
        {
            Space = ProfilerFixture.TinySpace,
            Options = ProfilerFixture.Once,
            Reuse = reuse,
        };
        request.Options.MaximumSeconds = seconds;
        if (alone is not null)
            Store.Save(
                new LatencyTable(
                    alone.Identity with
                    {
                        Protocol = alone.Identity.Protocol.Replace("cap=0.01s", "cap=0.02s", StringComparison.Ordinal),
                    },
                    alone.Space,
                    alone.Entries,
                    alone.Created,
                    alone.Environment
                )
            );
        using AsyncServerStreamingCall<BuildTableResponse> call = new ProfilerService.ProfilerServiceClient(channel).BuildTable(
            request,
            cancellationToken: Cancellation
        );
        return (await ProfilerFixture.CollectAsync(call.ResponseStream))[^1];
    }
}
