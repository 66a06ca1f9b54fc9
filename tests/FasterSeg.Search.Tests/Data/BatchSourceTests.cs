using FasterSeg.Latency;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class BatchSourceTests
{
    private static readonly Augmentation Augmentation = new([0.75, 1, 1.25], true, 1, 32, 32, 8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 8)]
    public void Batches_come_in_the_plans_order_whatever_the_workers(int workers, int prefetch)
    {
        BatchPlan plan = Plan(ListedSamples.Random(7), batch: 2);
        using var source = new BatchSource(plan, workers: workers, prefetch: prefetch);
        var position = new BatchPosition(0, 0);
        for (int i = 0; i < 10; i++, position = plan.After(position))
            AssertSame(plan.Make(position, Token), source.Next(Token));
        Assert.Equal(new BatchPosition(3, 1), position);
    }

    [Fact]
    public void A_resumed_source_continues_exactly()
    {
        using var uninterrupted = new BatchSource(Plan(ListedSamples.Random(9), batch: 2));
        for (int i = 0; i < 6; i++)
            _ = uninterrupted.Next(Token);
        var samples = ListedSamples.Random(9);
        using var resumed = new BatchSource(Plan(samples, batch: 2), new BatchPosition(1, 2), prefetch: 1);
        for (int i = 0; i < 5; i++)
            AssertSame(uninterrupted.Next(Token), resumed.Next(Token));
        // Nothing is replayed: what was loaded is what was asked for, and at most what waits or is being made.
        Assert.InRange(samples.Loads.Sum(), 10, 14);
    }

    [Fact]
    public void An_epoch_sees_every_sample_once_in_an_order_of_its_own()
    {
        BatchPlan plan = Plan(ListedSamples.Random(12), batch: 3);
        string[][] epochs = [.. Enumerable.Range(0, 3).Select(epoch => NamesOf(plan, epoch))];
        Assert.All(epochs, names => Assert.Equal(12, names.Distinct().Count()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
    }

    [Fact]
    public void A_long_epoch_makes_passes_that_each_see_every_sample()
    {
        string[] names = NamesOf(Plan(ListedSamples.Random(5), batch: 2, stepsPerEpoch: 10), 0);
        Assert.All(names.Chunk(5), pass => Assert.Equal(5, pass.Distinct().Count()));
        Assert.NotEqual(names[..5], names[5..10]);
    }

    [Fact]
    public void The_seed_decides_and_a_set_smaller_than_a_batch_still_makes_one()
    {
        var samples = ListedSamples.Random(3);
        Batch first = Plan(samples, batch: 4, seed: 1).Make(default, Token);
        AssertSame(first, Plan(samples, batch: 4, seed: 1).Make(default, Token));
        Assert.NotEqual(first.Images, Plan(samples, batch: 4, seed: 2).Make(default, Token).Images);
        Assert.Equal([4, 3, 32, 32], first.ImageShape);
        Assert.Equal([4, 4, 4], first.LabelShape);
    }

    [Fact]
    public void An_unreadable_file_surfaces_at_its_step_and_again()
    {
        using var source = new BatchSource(Plan(new OneBroken(), batch: 1), workers: 2);
        var seen = new List<Batch>();
        UserErrorException failure = Assert.Throws<UserErrorException>(() =>
        {
            for (int step = 0; step < 1000; step++)
                seen.Add(source.Next(Token));
        });
        Assert.Equal("broken.png is unreadable", failure.Message);
        Assert.Equal(Enumerable.Range(0, seen.Count), seen.Select(b => b.Position.Step));
        Assert.Throws<UserErrorException>(() => source.Next(Token));
    }

    [Fact]
    public async Task A_cancelled_wait_loses_no_batch()
    {
        using var gate = new ManualResetEventSlim();
        BatchPlan plan = Plan(new Gated(gate), batch: 1);
        using var source = new BatchSource(plan);
        using var cancelled = new CancellationTokenSource();
        Task waiting = Task.Run(() => source.Next(cancelled.Token), Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();
        Assert.Equal(new BatchPosition(0, 0), source.Next(Token).Position);
    }

    [Fact]
    public void Disposal_stops_the_workers()
    {
        var samples = ListedSamples.Random(50);
        var source = new BatchSource(Plan(samples, batch: 2), workers: 3, prefetch: 4);
        _ = source.Next(Token);
        source.Dispose();
        int loaded = samples.Loads.Sum();
        // 1 handed out, 4 ahead and 1 waiting for its place, of 2 samples each.
        Assert.InRange(loaded, 2, 12);
        Assert.Throws<ObjectDisposedException>(() => source.Next(Token));
        Assert.Equal(loaded, samples.Loads.Sum());
        source.Dispose();
    }

    private static BatchPlan Plan(ISampleSource samples, int batch, int stepsPerEpoch = 0, int seed = 3) =>
        new(samples, Augmentation, seed, batch, stepsPerEpoch);

    private static string[] NamesOf(BatchPlan plan, int epoch) =>
        [.. Enumerable.Range(0, plan.StepsPerEpoch).SelectMany(step => plan.Make(new BatchPosition(epoch, step)).Names)];

    private static void AssertSame(Batch expected, Batch actual)
    {
        Assert.Equal(expected.Position, actual.Position);
        Assert.Equal(expected.Names, actual.Names);
        Assert.Equal(expected.Images, actual.Images);
        Assert.Equal(expected.Labels, actual.Labels);
    }

    private sealed class OneBroken : ISampleSource
    {
        private readonly ListedSamples good = ListedSamples.Random(8);

        public int Count => 8;

        public Sample Load(int index) => index == 5 ? throw new UserErrorException("broken.png is unreadable") : good.Load(index);
    }

    private sealed class Gated(ManualResetEventSlim gate) : ISampleSource
    {
        private readonly ListedSamples good = ListedSamples.Random(8);

        public int Count => 8;

        public Sample Load(int index)
        {
            gate.Wait();
            return good.Load(index);
        }
    }
}
