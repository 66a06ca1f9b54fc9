using System.Text;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("""{"entries":[1,1,1,1,1,1,1,1]}""");

    [Fact]
    public async Task A_table_that_is_being_built_is_built_once()
    {
        NewJob asked = new(Pool.Id, JobKind.Table, Space, Settings, "ann", 2, null);
        (JobRow Job, bool IsNew)[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Store.AddJobAsync(asked with { Owner = "client-" + i }, ["x", "y"], Cancellation))
        );
        Assert.Single(answers.Select(answer => answer.Job.Id).Distinct());
        Assert.Equal(1, answers.Count(answer => answer.IsNew));
        JobRow job = answers[0].Job;
        Assert.Equal(asked with { Owner = job.Job.Owner, Space = null }, job.Job with { Space = null });
        Assert.Equal(StoreText.Of(Space), StoreText.Of(job.Job.Space));
        Assert.Equal((2, FleetJobState.Running, Clock.Now, Clock.Now), (job.Total, job.State, job.Created, job.Updated));

        (JobRow other, bool isNew) = await Store.AddJobAsync(asked with { Settings = Settings with { Sessions = 5 } }, ["x"], Cancellation);
        Assert.True(isNew);
        (JobRow one, _) = await Store.AddJobAsync(asked with { Kind = JobKind.Operators }, ["x"], Cancellation);
        (JobRow two, _) = await Store.AddJobAsync(asked with { Kind = JobKind.Operators }, ["x"], Cancellation);
        Assert.Equal(4, new[] { job.Id, other.Id, one.Id, two.Id }.Distinct().Count());
        Assert.Equal([two.Id, one.Id], (await Store.JobsAsync(Pool.Id, null, 2, Cancellation)).Select(each => each.Id));
        Assert.Equal([other.Id, job.Id], (await Store.JobsAsync(Pool.Id, one.Id, 5, Cancellation)).Select(each => each.Id));
        Assert.Equal([job.Id, other.Id, one.Id, two.Id], (await Store.RunningAsync(Pool.Id, Cancellation)).Select(each => each.Row.Id));
        Assert.Null(await Store.JobAsync("nothing", Cancellation));
        Assert.Null(await Store.LoadAsync("nothing", Cancellation));
    }

    [Fact]
    public async Task The_newest_job_without_a_table_goes_on_with_what_it_has()
    {
        string first = await NewJobAsync(2);
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(await TakeAsync(first, "a"), 0)));
        await Store.EndAsync(first, FleetJobState.Failed, "all devices are gone", Cancellation);
        Clock.Now += TimeSpan.FromHours(1);
        JobRow job = (await Store.ResumeAsync(Pool.Id, Space, Settings, anew: false, Cancellation))!;
        Assert.Equal((first, FleetJobState.Running, "", Clock.Now), (job.Id, job.State, job.Message, job.Updated));
        JobLoad load = (await Store.LoadAsync(first, Cancellation))!;
        Assert.Equal((1, 0, 1), (load.Done, load.Leased, load.Waiting));
        // Asked again, as after an answer that was lost.
        Assert.Equal(first, (await Store.ResumeAsync(Pool.Id, Space, Settings, anew: false, Cancellation))!.Id);

        Assert.Null(await Store.ResumeAsync(Pool.Id, Space, Settings with { Seed = 8 }, anew: false, Cancellation));
        Assert.Null(await Store.ResumeAsync(Pool.Id, SearchSpace.Paper(512, 512), Settings, anew: false, Cancellation));
        await FillAsync(first);
        Assert.True(await Store.FinishAsync(first, Table(Pool.Id, 1, Clock.Now), Json, Cancellation));
        Assert.Null(await Store.ResumeAsync(Pool.Id, Space, Settings, anew: false, Cancellation));
    }

    [Fact]
    public async Task A_job_is_finished_once_and_only_with_all_its_items()
    {
        string job = await NewJobAsync(3);
        Lease lease = await TakeAsync(job, "a");
        await Store.CommitAsync([Result(lease, 0), Result(lease, 2)], Cancellation);
        TableRow table = Table(Pool.Id, 1, Clock.Now, loaded: "the device was busy");
        Assert.False(await Store.FinishAsync(job, table, Json, Cancellation));
        Assert.Null(await Store.TableAsync(table.Id, Cancellation));

        await CommitAsync(Result(lease, 1));
        bool[] finished = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i => Store.FinishAsync(job, i % 2 == 0 ? table : Table(Pool.Id, 2, Clock.Now), Json, Cancellation))
        );
        Assert.Equal(1, finished.Count(each => each));
        JobRow done = (await Store.JobAsync(job, Cancellation))!;
        TableRow kept = Assert.Single((await Store.TablesAsync(Pool.Id, null, 10, Cancellation))!);
        Assert.Equal((FleetJobState.Done, kept.Id), (done.State, done.TableId));
        (TableRow row, byte[] json) = (await Store.TableAsync(kept.Id, Cancellation))!.Value;
        Assert.Equal(Json, json);
        Assert.Equal(Clock.Now, row.Created);
        Assert.Equal(CommitOutcome.Known, await CommitAsync(Result(lease, 1)));
    }

    [Fact]
    public async Task A_job_is_finished_or_cancelled_and_never_both()
    {
        for (int i = 0; i < 10; i++)
        {
            string job = await NewJobAsync(1, seed: (ulong)i);
            await FillAsync(job);
            Task<bool> finish = Store.FinishAsync(job, Table(Pool.Id, i, Clock.Now), Json, Cancellation);
            Task<bool> end = Store.EndAsync(job, FleetJobState.Cancelled, "", Cancellation);
            Assert.NotEqual(await finish, await end);
            JobRow row = (await Store.JobAsync(job, Cancellation))!;
            Assert.Equal(await finish ? FleetJobState.Done : FleetJobState.Cancelled, row.State);
            Assert.Equal(await finish, await Store.TableAsync($"table-{i:d6}", Cancellation) is not null);
        }
    }

    [Fact]
    public async Task A_job_without_a_table_is_finished_without_one()
    {
        string job = await NewJobAsync(1, JobKind.Operators);
        await FillAsync(job);
        Assert.True(await Store.FinishAsync(job, null, default, Cancellation));
        Assert.Equal(
            (FleetJobState.Done, null),
            ((await Store.JobAsync(job, Cancellation)) is { } row ? (row.State, row.TableId) : default)
        );
        Assert.Empty((await Store.TablesAsync(Pool.Id, null, 10, Cancellation))!);
    }

    [Fact]
    public async Task Stints_are_kept_once_and_in_their_order()
    {
        string job = await NewJobAsync(4);
        StintRow second = new(job, "b", 9, [1.5, double.NaN, 1.25], null),
            first = new(job, "a", 12, [], "another program used it");
        await Store.AddStintAsync(first, Cancellation);
        await Store.AddStintAsync(second, Cancellation);
        await Store.AddStintAsync(first, Cancellation);
        await Store.AddStintAsync(second with { Job = "gone", Token = 13 }, Cancellation);
        IReadOnlyList<StintRow> stints = await Store.StintsAsync(job, Cancellation);
        Assert.Equal([(12, "a", first.Loaded), (9, "b", null)], stints.Select(stint => (stint.Token, stint.Device, stint.Loaded)));
        Assert.Equal([1.5, double.NaN, 1.25], stints[1].SentinelMs);
    }
}
