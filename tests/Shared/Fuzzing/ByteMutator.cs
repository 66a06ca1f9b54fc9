using System.Buffers.Binary;

namespace FasterSeg.Fuzzing;

/// <summary>Makes inputs from valid ones: flipped bits, cuts, repeats, splices of two, words of the format in wrong places, extreme
/// numbers.</summary>
/// <param name="seeds">Valid inputs.</param>
/// <param name="words">What means something in the format.</param>
internal sealed class ByteMutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
{
    private const int LargestInput = 1 << 16;

    private static readonly long[] Extremes =
    [
        0,
        1,
        -1,
        sbyte.MaxValue,
        byte.MaxValue,
        short.MaxValue,
        ushort.MaxValue,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
    ];
    private static readonly double[] Numbers =
    [
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.Epsilon,
        double.MaxValue,
        -0.0,
    ];

    /// <summary>The next input.</summary>
    public byte[] Next(Random random)
    {
        if (random.Next(50) == 0)
        {
            var noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            return noise;
        }
        byte[] input = Any(random, seeds);
        int steps = 1;
        while (steps < 12 && random.Next(2) == 0)
            steps++;
        for (int i = 0; i < steps; i++)
            input = Mutate(random, input);
        return input.Length <= LargestInput ? input : input[..LargestInput];
    }

    private byte[] Mutate(Random random, byte[] input)
    {
        if (input.Length == 0)
            return Any(random, seeds);
        byte[] copy = [.. input];
        int at = random.Next(copy.Length),
            length = Math.Min(copy.Length - at, 1 << random.Next(12));
        switch (random.Next(11))
        {
            case 0:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1:
                copy[at] = (byte)random.Next(256);
                return copy;
            case 2:
                copy[at] = (byte)Extremes[random.Next(Extremes.Length)];
                return copy;
            case 3:
                return copy[..at];
            case 4:
                return [.. copy[..at], .. copy[(at + length)..]];
            case 5:
                return [.. copy[..(at + length)], .. copy[at..]];
            case 6:
                return [.. copy[..at], .. Any(random, words), .. copy[at..]];
            case 7:
                byte[] word = Any(random, words);
                word.AsSpan(0, Math.Min(word.Length, copy.Length - at)).CopyTo(copy.AsSpan(at));
                return copy;
            case 8:
                byte[] other = Any(random, seeds);
                return [.. copy[..at], .. other[random.Next(other.Length)..]];
            case 9:
                var number = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, Extremes[random.Next(Extremes.Length)]);
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteDoubleLittleEndian(number, Numbers[random.Next(Numbers.Length)]);
                if (random.Next(2) == 0)
                    Array.Reverse(number);
                number.AsSpan(0, Math.Min(random.Next(2) == 0 ? 4 : 8, copy.Length - at)).CopyTo(copy.AsSpan(at));
                return copy;
            default:
                int second = random.Next(copy.Length);
                (copy[at], copy[second]) = (copy[second], copy[at]);
                return copy;
        }
    }

    private static byte[] Any(Random random, IReadOnlyList<byte[]> list) => list[random.Next(list.Count)];
}
