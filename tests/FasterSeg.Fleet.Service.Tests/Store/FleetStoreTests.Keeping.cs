using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    [Fact]
    public async Task Tables_are_listed_from_the_newest_on()
    {
        foreach (int i in Enumerable.Range(1, 4))
            await BuildAsync(i);
        Assert.Equal(["table-000004", "table-000003"], await IdsAsync(null, 2));
        Assert.Equal(["table-000002", "table-000001"], await IdsAsync("table-000003", 5));
        Assert.Null(await Store.TablesAsync(Pool.Id, "nothing", 5, Cancellation));
        Assert.Empty((await Store.TablesAsync("another", null, 5, Cancellation))!);
        Assert.Null(await Store.TableAsync("nothing", Cancellation));
        TableRow row = (await Store.TablesAsync(Pool.Id, null, 1, Cancellation))!.Single();
        Assert.Equal(Table(Pool.Id, 4, Clock.Now) with { Space = null }, row with { Space = null });
        Assert.Equal(StoreText.Of(Space), StoreText.Of(row.Space));
    }

    [Fact]
    public async Task A_whole_table_comes_before_newer_ones_with_holes_and_a_loaded_one_never()
    {
        Assert.Null(await NewestAsync());
        await BuildAsync(1, loaded: "busy");
        Assert.Null(await NewestAsync());
        await BuildAsync(2, failed: 1);
        await BuildAsync(3, failed: 2);
        Assert.Equal("table-000003", await NewestAsync());
        await BuildAsync(4);
        await BuildAsync(5, failed: 1);
        await BuildAsync(6, loaded: "busy");
        Assert.Equal("table-000004", await NewestAsync());
        Assert.Null(await Store.NewestAsync(Pool.Id, SearchSpace.Paper(512, 512), Kind, Cancellation));
        Assert.Null(await Store.NewestAsync(Pool.Id, Space, Kind with { Protocol = "another" }, Cancellation));
        Assert.Null(await Store.NewestAsync("another", Space, Kind, Cancellation));
    }

    [Fact]
    public async Task Old_versions_go_but_never_the_newest_nor_the_one_that_stands_in_for_it_nor_what_runs()
    {
        await BuildAsync(1);
        foreach (int i in Enumerable.Range(2, 6))
            await BuildAsync(i, failed: 1);
        string refresh = await NewJobAsync(1, JobKind.Refresh, source: "table-000003");
        await Store.DropOldAsync(new(Versions: 2, Days: 365, SampledJobs: 20), Cancellation);
        Assert.Equal(["table-000007", "table-000006", "table-000003", "table-000001"], await IdsAsync(null, 10));
        Assert.Equal("table-000001", await NewestAsync());
        Assert.Equal(
            ["table-000007", "table-000006", "table-000003", "table-000001"],
            (await Store.JobsAsync(Pool.Id, refresh, 10, Cancellation)).Select(job => job.TableId)
        );
    }

    [Fact]
    public async Task Of_tables_that_are_too_old_the_newest_ten_stay()
    {
        foreach (int i in Enumerable.Range(1, 13))
            await BuildAsync(i);
        Clock.Now += TimeSpan.FromDays(10);
        await Store.DropOldAsync(new(Versions: 50, Days: 11, SampledJobs: 20), Cancellation);
        Assert.Equal(13, (await IdsAsync(null, 20)).Length);
        await Store.DropOldAsync(new(Versions: 50, Days: 9, SampledJobs: 20), Cancellation);
        Assert.Equal(Enumerable.Range(4, 10).Reverse().Select(i => $"table-{i:d6}"), await IdsAsync(null, 20));
    }

    [Fact]
    public async Task Samples_of_the_newest_jobs_stay()
    {
        var jobs = new List<string>();
        foreach (int i in Enumerable.Range(0, 8))
        {
            string job = await NewJobAsync(1, JobKind.Operators);
            Lease lease = await TakeAsync(job, "a");
            await CommitAsync(
                Result(lease, 0) with
                {
                    Samples =
                    [
                        [1, 2, 3, 4],
                    ],
                }
            );
            await Store.AddStintAsync(new(job, "a", lease.Token, [1], null), Cancellation);
            if (i > 0)
                await Store.FinishAsync(job, null, default, Cancellation);
            jobs.Add(job);
        }
        await Store.DropOldAsync(new(Versions: 50, Days: 365, SampledJobs: 1), Cancellation);
        foreach (string job in jobs)
        {
            bool keeps = job == jobs[0] || job == jobs[^1];
            ItemRow item = Assert.Single(await Store.ItemsAsync(job, withSamples: true, Cancellation));
            Assert.Equal((keeps ? 1 : 0, "{}"), (item.Samples.Count, item.Entry));
            Assert.Equal(keeps ? 1 : 0, (await Store.StintsAsync(job, Cancellation)).Count);
        }
        Assert.Empty(Assert.Single(await Store.ItemsAsync(jobs[^1], cancellation: Cancellation)).Samples);
    }

    [Fact]
    public async Task Jobs_without_a_table_go_with_their_files()
    {
        var jobs = new List<string>();
        var files = new List<string>();
        foreach (int i in Enumerable.Range(0, 4))
        {
            files.Add(await Store.AddFileAsync(new byte[] { 1, 2, 3 }, Cancellation));
            jobs.Add(await NewJobAsync(1, JobKind.Model, source: files[^1]));
            if (i > 0)
                await Store.EndAsync(jobs[^1], FleetJobState.Failed, "", Cancellation);
        }
        files.Add(await Store.AddFileAsync(new byte[] { 1, 2, 3 }, Cancellation));
        await Store.DropOldAsync(new(Versions: 1, Days: 3, SampledJobs: 1), Cancellation);
        var left = new List<string>();
        foreach (string job in jobs)
        {
            if (await Store.JobAsync(job, Cancellation) is not null)
                left.Add(job);
        }
        Assert.Equal([jobs[0], jobs[3]], left);
        Assert.Equal("true, false, false, true, true", await ThereAsync());
        // What never became a job is gone in time.
        Clock.Now += TimeSpan.FromDays(4);
        await Store.DropOldAsync(new(Versions: 1, Days: 3, SampledJobs: 1), Cancellation);
        Assert.Equal("true, false, false, false, false", await ThereAsync());

        async Task<string> ThereAsync()
        {
            var there = new List<string>();
            foreach (string file in files)
                there.Add(await Store.FileAsync(file, Cancellation) is null ? "false" : "true");
            return string.Join(", ", there);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    [InlineData(2_500_001)]
    public async Task Files_come_back_as_they_were(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        string file = await Store.AddFileAsync(bytes, Cancellation);
        Assert.Equal(bytes, await Store.FileAsync(file, Cancellation));
        await Store.DropFileAsync(file, Cancellation);
        Assert.Null(await Store.FileAsync(file, Cancellation));
    }

    private async Task BuildAsync(int number, int failed = 0, string? loaded = null)
    {
        string job = await NewJobAsync(1);
        await FillAsync(job);
        Assert.True(await Store.FinishAsync(job, Table(Pool.Id, number, Clock.Now, failed, loaded), Json, Cancellation));
    }

    private async Task<string[]> IdsAsync(string? behind, int most) =>
        [.. (await Store.TablesAsync(Pool.Id, behind, most, Cancellation))!.Select(table => table.Id)];

    private async Task<string?> NewestAsync() => (await Store.NewestAsync(Pool.Id, Space, Kind, Cancellation))?.Id;
}
