using FasterSeg.Search.Collectives;

namespace FasterSeg.Search.Tests.Training;

/// <summary>Ranks that are threads of the test, with the order of sums that ranks have.</summary>
internal sealed class ThreadRanks : IDisposable
{
    private readonly Barrier barrier;
    private readonly object?[] told;

    public ThreadRanks(int size)
    {
        (barrier, told) = (new Barrier(size), new object?[size]);
        Each = [.. Enumerable.Range(0, size).Select(rank => new One(this, rank))];
    }

    public IReadOnlyList<ICollective> Each { get; }

    public void Dispose() => barrier.Dispose();

    private sealed class One(ThreadRanks all, int rank) : ICollective
    {
        public int Rank => rank;

        public int Size => all.told.Length;

        public void Sum(Span<float> values)
        {
            float[][] each = Exchange(values.ToArray());
            for (int i = 0; i < values.Length; i++)
                values[i] = each.Select(of => of[i]).Aggregate((sum, value) => sum + value);
        }

        public double[][] Gather(ReadOnlySpan<double> values) => Exchange(values.ToArray());

        public void Broadcast(Span<byte> bytes) => Exchange(bytes.ToArray())[0].CopyTo(bytes);

        private T[] Exchange<T>(T mine)
            where T : notnull
        {
            all.told[rank] = mine;
            all.barrier.SignalAndWait();
            T[] each = [.. all.told.Cast<T>()];
            all.barrier.SignalAndWait();
            return each;
        }
    }
}
