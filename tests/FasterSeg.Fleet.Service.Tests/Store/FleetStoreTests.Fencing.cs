using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Store;

public abstract partial class FleetStoreTests
{
    [Fact]
    public async Task A_result_is_kept_once_and_known_when_it_comes_again()
    {
        string job = await NewJobAsync(3);
        Lease lease = await TakeAsync(job, "a");
        ItemResult result = Result(lease, 1, """{"median":1.5}""") with
        {
            Samples =
            [
                [1, 2, 3, 4],
                [],
                [5],
            ],
            Factor = 1.02,
        };
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(result));
        Assert.Equal(CommitOutcome.Known, await CommitAsync(result));
        Assert.Equal([CommitOutcome.Known, CommitOutcome.Known], await Store.CommitAsync([result, result], Cancellation));

        ItemRow item = (await Store.ItemAsync(job, "key-1", Cancellation))!;
        Assert.Equal((1, """{"median":1.5}""", "a", 1.02), (item.Position, item.Entry, item.Device, item.Factor));
        Assert.Equal(
            [
                [1, 2, 3, 4],
                [],
                [5],
            ],
            item.Samples
        );
    }

    [Fact]
    public async Task Within_one_commit_the_first_of_two_results_counts()
    {
        string job = await NewJobAsync(2);
        Lease lease = await TakeAsync(job, "a");
        Assert.Equal(
            [CommitOutcome.Kept, CommitOutcome.Known, CommitOutcome.Kept],
            await Store.CommitAsync([Result(lease, 1, "first"), Result(lease, 1, "second"), Result(lease, 0)], Cancellation)
        );
        Assert.Equal("first", (await Store.ItemAsync(job, "key-1", Cancellation))!.Entry);
    }

    [Fact]
    public async Task A_late_result_counts_where_nobody_else_has_the_item()
    {
        string job = await NewJobAsync(2);
        Lease lapsed = await TakeAsync(job, "a");
        Assert.Equal(2, await Store.ReleaseAsync(lapsed.Token, Cancellation));
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(lapsed, 0)));
        Assert.Equal(CommitOutcome.Known, await CommitAsync(Result(lapsed, 0)));

        Lease next = await TakeAsync(job, "b");
        Assert.Equal([1], next.Items.Select(item => item.Position));
        Assert.True(next.Token > lapsed.Token);
    }

    [Fact]
    public async Task A_late_result_is_dropped_where_another_has_the_item_or_has_measured_it()
    {
        string job = await NewJobAsync(2);
        Lease frozen = await TakeAsync(job, "a");
        await Store.ReleaseAsync(frozen.Token, Cancellation);
        Lease next = await TakeAsync(job, "b");
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(next, 0, "theirs")));
        Assert.Equal(
            [CommitOutcome.Dropped, CommitOutcome.Dropped],
            await Store.CommitAsync([Result(frozen, 0, "late"), Result(frozen, 1, "late")], Cancellation)
        );
        Assert.Equal(["theirs", null], (await Store.ItemsAsync(job, cancellation: Cancellation)).Select(item => item.Entry));
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(next, 1, "theirs")));
    }

    [Fact]
    public async Task Two_results_of_one_item_at_once_leave_one_entry()
    {
        string job = await NewJobAsync(60);
        Lease lapsed = await TakeAsync(job, "a", 60);
        await Store.ReleaseAsync(lapsed.Token, Cancellation);
        Lease lease = lapsed with { Token = lapsed.Token + 1000, Device = "b" };
        IReadOnlyList<CommitOutcome>[] outcomes = await Task.WhenAll(
            // Each in another order, so that they would wait for each other in a circle if they took what they need as it comes.
            Store.CommitAsync([.. lapsed.Items.Select(item => Result(lapsed, item.Position, "a"))], Cancellation),
            Store.CommitAsync([.. lapsed.Items.Reverse().Select(item => Result(lease, item.Position, "b"))], Cancellation),
            Store.CommitAsync([.. lapsed.Items.Select(item => Result(lapsed, item.Position, "a"))], Cancellation)
        );
        IReadOnlyList<ItemRow> items = await Store.ItemsAsync(job, cancellation: Cancellation);
        Assert.Equal(60, outcomes.Sum(of => of.Count(outcome => outcome == CommitOutcome.Kept)));
        Assert.All(items, item => Assert.Equal(item.Device, item.Entry));
        for (int i = 0; i < 60; i++)
            Assert.Equal(items[i].Entry == "b" ? CommitOutcome.Kept : CommitOutcome.Dropped, outcomes[1][59 - i]);
    }

    [Fact]
    public async Task A_result_of_a_job_that_was_cancelled_in_between_is_dropped()
    {
        string job = await NewJobAsync(2);
        Lease lease = await TakeAsync(job, "a");
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(lease, 0)));
        Assert.True(await Store.EndAsync(job, FleetJobState.Cancelled, "stopped by ann", Cancellation));
        Assert.False(await Store.EndAsync(job, FleetJobState.Failed, "again", Cancellation));
        Assert.Equal(CommitOutcome.Dropped, await CommitAsync(Result(lease, 1)));
        // What it kept before is known also afterwards.
        Assert.Equal(CommitOutcome.Known, await CommitAsync(Result(lease, 0)));
        Assert.Empty(await Store.LeasesAsync(Pool.Id, Cancellation));
        Assert.Null(await Store.TakeAsync(job, "b", 5, Cancellation));
        JobRow ended = (await Store.JobAsync(job, Cancellation))!;
        Assert.Equal((FleetJobState.Cancelled, "stopped by ann"), (ended.State, ended.Message));
    }

    [Fact]
    public async Task A_job_that_ends_while_items_are_taken_and_measured_leaves_no_lease()
    {
        for (int i = 0; i < 20; i++)
        {
            string job = await NewJobAsync(40, seed: (ulong)i);
            Lease lease = await TakeAsync(job, "a", 10);
            Lease failing = await TakeAsync(job, "b", 1),
                other = await TakeAsync(job, "c", 5);
            Task<Lease?>[] taking =
            [
                .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.TakeAsync(job, "b", 2, Cancellation), Cancellation)),
            ];
            Task<IReadOnlyList<CommitOutcome>> commit = Store.CommitAsync(
                [.. lease.Items.Select(item => Result(lease, item.Position))],
                Cancellation
            );
            Task<int> release = Store.ReleaseAsync(other.Token, Cancellation);
            Task<IReadOnlyList<string>> failed = Store.FailedAtAsync(Result(failing, failing.Items[0].Position), Cancellation);
            Assert.True(await Store.EndAsync(job, FleetJobState.Cancelled, "", Cancellation));
            await Task.WhenAll(taking);
            await failed;
            JobLoad load = (await Store.LoadAsync(job, Cancellation))!;
            Assert.Equal(0, load.Leased);
            // All of it before the end, or nothing: a job that has ended changes no more.
            IReadOnlyList<CommitOutcome> outcomes = await commit;
            Assert.Single(outcomes.Distinct());
            Assert.Equal(outcomes.Count(outcome => outcome == CommitOutcome.Kept), (await Store.LoadAsync(job, Cancellation))!.Done);
            Assert.Contains(await release, (int[])[0, 5]);
        }
    }

    [Fact]
    public async Task Results_of_no_job_or_item_are_dropped()
    {
        string job = await NewJobAsync(1);
        Lease lease = await TakeAsync(job, "a");
        Assert.Equal(
            [CommitOutcome.Dropped, CommitOutcome.Dropped, CommitOutcome.Kept],
            await Store.CommitAsync([Result(lease, 0) with { Job = "nothing" }, Result(lease, 5), Result(lease, 0)], Cancellation)
        );
        Assert.Empty(await Store.CommitAsync([], Cancellation));
    }

    [Fact]
    public async Task What_was_measured_before_a_job_was_forgotten_is_dropped_after_it()
    {
        string job = await NewJobAsync(2);
        Lease lease = await TakeAsync(job, "a");
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(lease, 0)));
        await Store.EndAsync(job, FleetJobState.Failed, "no device", Cancellation);
        Assert.Equal(job, (await Store.ResumeAsync(Pool.Id, Space, Settings, anew: true, Cancellation))!.Id);
        Assert.Equal(2, (await Store.LoadAsync(job, Cancellation))!.Waiting);
        Assert.Equal(CommitOutcome.Dropped, await CommitAsync(Result(lease, 1)));
        Assert.Equal(CommitOutcome.Kept, await CommitAsync(Result(await TakeAsync(job, "b"), 1)));
    }
}
