using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// How fast memory is right now, told by reading a piece that no cache holds. Whoever copies memory beside a measurement slows the
/// operators that live on memory, and shows in no processor's clock.
/// </summary>
public static unsafe class MemoryPace
{
    /// <summary>Size of the piece, bytes: above what a processor's last cache has to spare.</summary>
    public const int Bytes = 64 << 20;

    private const int Passes = 5;

    // So that the sum is not optimized away.
    private static ulong sink;

    /// <summary>Reads the piece a few times on the calling thread.</summary>
    /// <returns>The median time of a pass, ms.</returns>
    public static double ReadMs(TimeProvider time)
    {
        // Taken for the moment only: a service that waits for work must not sit on so much.
        void* piece = NativeMemory.AlignedAlloc(Bytes, 64);
        try
        {
            // A page that nobody wrote is no memory.
            NativeMemory.Fill(piece, Bytes, 1);
            double[] passes = new double[Passes];
            for (int i = 0; i < Passes; i++)
            {
                long start = time.GetTimestamp();
                sink += Sum((ulong*)piece);
                passes[i] = (time.GetTimestamp() - start) * 1000.0 / time.TimestampFrequency;
            }
            Array.Sort(passes);
            return passes[Passes / 2];
        }
        finally
        {
            NativeMemory.AlignedFree(piece);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Sum(ulong* piece)
    {
        const int Length = Bytes / sizeof(ulong);
        Vector<ulong> a = default,
            b = default;
        int width = Vector<ulong>.Count;
        for (int i = 0; i < Length; i += 2 * width)
        {
            a += Vector.Load(piece + i);
            b += Vector.Load(piece + i + width);
        }
        return Vector.Sum(a + b);
    }
}
