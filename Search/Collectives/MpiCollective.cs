using System.Numerics;
using System.Runtime.InteropServices;
using FasterSeg.Latency;

namespace FasterSeg.Search.Collectives;

/// <summary>The processes that <c>mpirun</c> started together, by Open MPI.</summary>
public sealed unsafe class MpiCollective : ICollective
{
    private readonly MpiLibrary mpi;
    private float[] given = [],
        taken = [];

    private MpiCollective(MpiLibrary mpi) => (this.mpi, (Rank, Size)) = (mpi, mpi.Place);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Joins the other processes; waits for them. Once in a process's life.</summary>
    /// <exception cref="UsageException">Open MPI's library cannot be used; the message says why.</exception>
    public static MpiCollective Join() => new(MpiLibrary.Join());

    /// <summary>Leaves them; waits until all do.</summary>
    public void Leave() => mpi.Leave();

    /// <inheritdoc/>
    /// <remarks>MPI_Allreduce may add in any order, and does so by the number of values and the network. Here each process gets all that
    /// belongs to its part, adds it up, and gives it to all: as many bytes travel.</remarks>
    public void Sum(Span<float> values)
    {
        int part = (values.Length + Size - 1) / Size;
        if (given.Length != part * Size)
            (given, taken) = (new float[part * Size], new float[part * Size]);
        values.CopyTo(given);
        fixed (float* mine = given)
        fixed (float* parts = taken)
        {
            mpi.AllToAll(mine, part, mpi.Float, parts);
            for (int rank = 1; rank < Size; rank++)
                Add(taken.AsSpan(0, part), taken.AsSpan(rank * part, part));
            mpi.AllGather(parts, part, mpi.Float, mine);
        }
        given.AsSpan(0, values.Length).CopyTo(values);
    }

    /// <inheritdoc/>
    public double[][] Gather(ReadOnlySpan<double> values)
    {
        double[] all = new double[values.Length * Size];
        fixed (double* mine = values)
        fixed (double* each = all)
            mpi.AllGather(mine, values.Length, mpi.Double, each);
        return [.. all.Chunk(values.Length)];
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes)
    {
        fixed (byte* values = bytes)
            mpi.Broadcast(values, bytes.Length, mpi.Byte);
    }

    private static void Add(Span<float> sum, ReadOnlySpan<float> more)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> others = MemoryMarshal.Cast<float, Vector<float>>(more);
        for (int i = 0; i < sums.Length; i++)
            sums[i] += others[i];
        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += more[i];
    }
}
