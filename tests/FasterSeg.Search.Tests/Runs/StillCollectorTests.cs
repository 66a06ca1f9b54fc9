using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FasterSeg.Search.Runs;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>Collections between steps only: alone, since the collector is the process's.</summary>
[CollectionDefinition(nameof(StillCollectorTests), DisableParallelization = true)]
[Collection(nameof(StillCollectorTests))]
public sealed class StillCollectorTests
{
    private const int Mebibyte = 1 << 20;

    [Fact]
    public void Nothing_is_collected_but_where_it_is_renewed()
    {
        using var still = new StillCollector();
        still.Renew();
        Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
        int before = GC.CollectionCount(0);
        Allocate(120 * Mebibyte);
        Assert.Equal(before, GC.CollectionCount(0));
        // Another such step might be more than is allowed: this time it collects, and is still again.
        still.Renew();
        int after = GC.CollectionCount(0);
        Assert.True(after > before);
        Allocate(100 * Mebibyte);
        Assert.Equal(after, GC.CollectionCount(0));
        still.Dispose();
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
    }

    [Fact]
    public void A_step_that_allocates_more_than_is_allowed_ends_nothing_but_its_own_stillness()
    {
        using var still = new StillCollector();
        still.Renew();
        Allocate(400 * Mebibyte);
        still.Renew();
        Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
        int before = GC.CollectionCount(0);
        // It has learnt what a step takes.
        Allocate(400 * Mebibyte);
        Assert.Equal(before, GC.CollectionCount(0));
    }

    /// <summary>What TorchSharp leaves to the collector may be large.</summary>
    [Fact]
    public void A_step_later_than_a_quarter_of_a_second_collects()
    {
        var time = new SetTime();
        using var still = new StillCollector(time);
        still.Renew();
        WeakReference left = Leave();
        time.Advance(TimeSpan.FromMilliseconds(249));
        still.Renew();
        Assert.True(left.IsAlive);
        time.Advance(TimeSpan.FromMilliseconds(1));
        still.Renew();
        Assert.False(left.IsAlive);
    }

    /// <summary>A few of these calls fail without it (here 1 to 6 of 90,000, and as many before the bound on what is allocated).</summary>
    [Fact]
    public void Scalars_that_torch_reads_are_not_freed_under_it()
    {
        using var stop = new CancellationTokenSource();
        int steps = 0;
        var allocating = new Thread(() =>
        {
            var random = new Random(1);
            byte[][] kept = new byte[64][];
            int step = -1,
                allocated = 0;
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                // As loaders of batches do, it runs ahead of a step so far and no further: on a busy host a step may stand still.
                if (step != Volatile.Read(ref steps))
                    (step, allocated) = (Volatile.Read(ref steps), 0);
                if (allocated < 128 * Mebibyte)
                {
                    byte[] block = kept[random.Next(kept.Length)] = new byte[random.Next(20_000)];
                    allocated += block.Length;
                }
                if (i % 50 == 0 || allocated >= 128 * Mebibyte)
                    Thread.Sleep(0);
            }
        })
        {
            IsBackground = true,
        };
        using Tensor values = ones(4),
            mask = zeros(4, ScalarType.Bool);
        using var still = new StillCollector();
        int failed = 0;
        allocating.Start();
        for (int step = 0; step < 300; step++)
        {
            still.Renew();
            Volatile.Write(ref steps, step);
            for (int call = 0; call < 300; call++)
            {
                using var scope = NewDisposeScope();
                try
                {
                    _ = (values * 3.0).masked_fill(mask, 7L);
                }
                catch (ExternalException)
                {
                    failed++;
                }
            }
        }
        stop.Cancel();
        allocating.Join();
        Assert.Equal(0, failed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Leave() => new(new object());

    private static void Allocate(int bytes)
    {
        for (int i = 0; i < bytes; i += 10_000)
            GC.KeepAlive(new byte[10_000]);
    }
}
