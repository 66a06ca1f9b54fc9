using FasterSeg.Fleet.Service.Scheduling;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

public sealed class GroupedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_in_while_a_group_is_under_way_is_the_next_one()
    {
        var groups = new List<int[]>();
        var first = new TaskCompletionSource();
        var grouped = new Grouped<int, string>(
            async asked =>
            {
                groups.Add([.. asked]);
                await first.Task;
                return [.. asked.Select(each => $"{each}!")];
            },
            most: 3,
            longest: null,
            TimeProvider.System
        );
        Task<string>[] asked = [.. Enumerable.Range(0, 6).Select(grouped.AskAsync)];
        first.SetResult();
        Assert.Equal(["0!", "1!", "2!", "3!", "4!", "5!"], await Task.WhenAll(asked));
        Assert.Equal(
            [
                [0],
                [1, 2, 3],
                [4, 5],
            ],
            groups
        );
        Assert.Equal("7!", await grouped.AskAsync(7));
    }

    [Fact]
    public async Task Who_has_waited_too_long_is_answered_with_nothing_and_nothing_is_done_for_it()
    {
        var done = new List<string>();
        var first = new TaskCompletionSource();
        var grouped = new Grouped<string, string?>(
            async asked =>
            {
                done.AddRange(asked);
                await first.Task;
                return [.. asked];
            },
            most: 3,
            TimeSpan.FromMilliseconds(50),
            TimeProvider.System
        );
        Task<string?> slow = grouped.AskAsync("slow"),
            late = grouped.AskAsync("late");
        await Task.Delay(100, Cancellation);
        first.SetResult();
        Assert.Equal("slow", await slow);
        Assert.Null(await late);
        Assert.Equal("next", await grouped.AskAsync("next"));
        Assert.Equal(["slow", "next"], done);
    }

    [Fact]
    public async Task A_group_that_fails_fails_for_all_of_it_and_the_next_is_done()
    {
        bool fails = true;
        var grouped = new Grouped<int, int>(
            asked => fails ? throw new InvalidOperationException("no") : Task.FromResult<IReadOnlyList<int>>([.. asked]),
            most: 3,
            longest: null,
            TimeProvider.System
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => grouped.AskAsync(1));
        fails = false;
        Assert.Equal(2, await grouped.AskAsync(2));
    }
}
