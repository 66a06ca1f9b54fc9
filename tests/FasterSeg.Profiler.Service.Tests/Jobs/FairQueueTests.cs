using FasterSeg.Profiler.Service.Jobs;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> queue = new();

    [Fact]
    public void Time_is_shared_and_not_the_number_of_pieces()
    {
        Fill("slow", 100);
        Fill("fast", 100);
        var had = new Dictionary<string, double> { ["slow"] = 0, ["fast"] = 0 };
        for (int i = 0; i < 110; i++)
        {
            Assert.NotNull(queue.Take(out string client));
            double seconds = client == "slow" ? 10 : 1;
            had[client] += seconds;
            queue.Charge(client, TimeSpan.FromSeconds(seconds));
        }
        Assert.Equal(1, had["slow"] / had["fast"], 0.11);
    }

    [Fact]
    public void Who_comes_anew_goes_next_after_the_piece_that_runs()
    {
        Fill("endless", 6);
        Assert.Equal("endless 0", queue.Take(out string first));
        Fill("late", 1);
        queue.Charge(first, TimeSpan.FromMinutes(1));
        Assert.Equal("late 0", queue.Take(out _));
    }

    [Fact]
    public void Nobody_saves_up_time_by_asking_for_nothing()
    {
        Fill("idle", 1);
        queue.Take(out _);
        queue.Charge("idle", TimeSpan.FromSeconds(1));
        Fill("busy", 10);
        for (int i = 0; i < 5; i++)
        {
            queue.Take(out string busy);
            queue.Charge(busy, TimeSpan.FromSeconds(100));
        }
        Fill("idle", 10);
        List<string> order = [];
        for (int i = 0; i < 6; i++)
        {
            queue.Take(out string client);
            order.Add(client);
            queue.Charge(client, TimeSpan.FromSeconds(100));
        }
        Assert.Equal(["idle", "busy", "idle", "busy", "idle", "busy"], order);
    }

    [Fact]
    public void Who_left_and_comes_again_does_not_begin_anew()
    {
        Fill("hog", 1);
        Fill("other", 5);
        queue.Take(out string hog);
        queue.Charge(hog, TimeSpan.FromSeconds(10));
        queue.Take(out string other);
        queue.Charge(other, TimeSpan.FromSeconds(1));
        Fill("hog", 1);
        Assert.Equal("other 1", queue.Take(out _));
    }

    [Fact]
    public async Task Who_asks_piece_by_piece_does_not_wait_for_a_long_piece_of_another_before_each()
    {
        var patient = new FairQueue<string>(anticipation: TimeSpan.FromMinutes(2));
        for (int i = 0; i < 3; i++)
            patient.Add("long", $"long {i}");
        patient.Take(out string first);
        patient.Add("short", "short 0");
        patient.Charge(first, TimeSpan.FromMinutes(1));
        patient.Take(out string second);
        patient.Charge(second, TimeSpan.FromSeconds(1));
        Assert.Equal(("long", "short"), (first, second));
        Task<string?> next = Task.Run(() => patient.Take(out _), TestContext.Current.CancellationToken);
        // Its next piece comes when the answer to the last one has reached it.
        patient.Add("short", "short 1");
        Assert.Equal("short 1", await next);
    }

    private void Fill(string client, int pieces)
    {
        for (int i = 0; i < pieces; i++)
            queue.Add(client, $"{client} {i}");
    }
}
