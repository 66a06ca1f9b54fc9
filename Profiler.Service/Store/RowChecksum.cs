using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// The checksum of a stored row: the first 8 bytes of SHA-256 over the row's own values and whose it is, so that neither a changed bit nor
/// a row that has come to another job passes for a measurement.
/// </summary>
internal static class RowChecksum
{
    private const int Bytes = 8;

    /// <summary>Of a measurement.</summary>
    public static byte[] Of(string job, int round, string key, string entry, ReadOnlySpan<byte> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, job);
        Append(hash, round);
        Append(hash, key);
        Append(hash, entry);
        hash.AppendData(samples);
        return hash.GetHashAndReset()[..Bytes];
    }

    /// <summary>Of a reading of the sentinel.</summary>
    /// <param name="job">Whose it is.</param>
    /// <param name="round">The round.</param>
    /// <param name="position">Where in the round.</param>
    /// <param name="values">What was read; null where nothing was.</param>
    public static byte[] Of(string job, int round, int position, params ReadOnlySpan<double?> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, job);
        Append(hash, round);
        Append(hash, position);
        foreach (double? value in values)
            Append(hash, BitConverter.DoubleToInt64Bits(value ?? double.NaN));
        return hash.GetHashAndReset()[..Bytes];
    }

    /// <summary>Whether a row's checksum is right; rows from before there were any have none, and pass.</summary>
    public static bool Holds(byte[]? stored, byte[] computed) => stored is null || stored.AsSpan().SequenceEqual(computed);

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        // The length first: two texts must not pass for another two.
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
