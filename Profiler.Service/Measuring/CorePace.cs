using System.Runtime.CompilerServices;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// How fast the core is right now, told by a fixed piece of integer arithmetic that needs every issue slot and no memory. Another virtual
/// machine's work on the core's other hardware thread shows in no clock and no counter of this one, but it takes those slots: the piece
/// then takes some 1.4 to 1.7 times as long, and a convolution 1.2 to 1.3 times.
/// </summary>
public static class CorePace
{
    private const int Rounds = 8000;

    // So that the arithmetic is not optimized away.
    private static ulong sink;

    /// <summary>Does the piece once, some 10 microseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Step()
    {
        ulong a = sink,
            b = 2,
            c = 3,
            d = 4,
            e = 5,
            f = 6;
        for (ulong i = 0; i < Rounds; i++)
        {
            // Six chains side by side: one alone would leave slots free, and feel nothing.
            a += b ^ i;
            b += c ^ 17;
            c += d ^ a;
            d += e ^ 5;
            e += f ^ 9;
            f += a ^ 3;
        }
        sink = a + b + c + d + e + f;
    }

    /// <summary>Times one step on the calling thread, ms.</summary>
    public static double ReadMs(TimeProvider time)
    {
        long start = time.GetTimestamp();
        Step();
        return (time.GetTimestamp() - start) * 1000.0 / time.TimestampFrequency;
    }
}
