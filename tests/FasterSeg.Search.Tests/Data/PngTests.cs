using System.Buffers.Binary;
using System.IO.Hashing;
using FasterSeg.Latency;
using FasterSeg.Search.Data;
using SkiaSharp;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class PngTests : IDisposable
{
    private static readonly byte[] Sound = TestPng.OfGrey(8, 8, [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 3))]);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_flipped_bit_anywhere_in_what_matters_is_told()
    {
        for (int bit = 64; bit < 8 * (Sound.Length - 12); bit++)
        {
            byte[] flipped = [.. Sound];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            string message = Failure(flipped);
            Assert.StartsWith($"Mask '{folder["m.png"]}' is damaged: ", message, StringComparison.Ordinal);
            Assert.DoesNotContain("archive", message, StringComparison.Ordinal);
        }
    }

    /// <summary>The pixels were damaged before the part's checksum was made: zlib's own checksum, or its codes, tell.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(-1)]
    public void Damaged_pixels_under_a_right_checksum_are_told_in_words_of_pictures(int place)
    {
        int start = 8 + 25 + 8,
            length = (int)BinaryPrimitives.ReadUInt32BigEndian(Sound.AsSpan(8 + 25));
        byte[] damaged = [.. Sound];
        damaged[start + (place < 0 ? length + place : place)] ^= 0x55;
        BinaryPrimitives.WriteUInt32BigEndian(damaged.AsSpan(start + length), Crc32.HashToUInt32(damaged.AsSpan(start - 4, length + 4)));
        string message = Failure(damaged);
        Assert.Contains("is damaged: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("archive", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_end_mark_are_read_over()
    {
        File.WriteAllBytes(folder["m.png"], [.. Sound, .. Enumerable.Range(0, 500).Select(i => (byte)(i * 7))]);
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (byte)(i % 3)), Png.Read(folder["m.png"]).Samples);
    }

    /// <summary>As the standard has it, as a longer number, and as it stands in a JPEG.</summary>
    [Theory]
    [InlineData(false, 3, false)]
    [InlineData(false, 4, false)]
    [InlineData(true, 4, false)]
    [InlineData(false, 3, true)]
    [InlineData(true, 4, true)]
    public void An_orientation_is_read_as_programs_write_it(bool little, byte type, bool prefix)
    {
        byte[] value = type == 4 ? [0, 0, 0, 6] : [0, 6, 0, 0];
        byte[] exif = little
            ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, type, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, type, 0, 0, 0, 1, .. value, 0, 0, 0, 0];
        byte[] picture = TestPng.With(Sound, "eXIf", prefix ? [.. "Exif\0\0"u8, .. exif] : exif);
        Assert.Equal(SKEncodedOrigin.RightTop, ExifOrientation.OfPng(picture));
    }

    [Fact]
    public void A_side_beyond_31_bits_is_told_as_the_number_that_it_is()
    {
        byte[] claims = [.. Sound];
        BinaryPrimitives.WriteUInt32BigEndian(claims.AsSpan(16), uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(claims.AsSpan(29), Crc32.HashToUInt32(claims.AsSpan(12, 17)));
        Assert.Contains("it claims 8 x 4294967295 pixels", Failure(claims), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_claims_more_than_the_file_can_hold_costs_no_memory()
    {
        byte[] claims = [.. Sound];
        BinaryPrimitives.WriteInt32BigEndian(claims.AsSpan(16), 1 << 15);
        BinaryPrimitives.WriteInt32BigEndian(claims.AsSpan(20), 1 << 15);
        BinaryPrimitives.WriteUInt32BigEndian(claims.AsSpan(29), Crc32.HashToUInt32(claims.AsSpan(12, 17)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("its pixels end early", Failure(claims), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("MM\0*\0\0\0\x8\0\x1\x1\x12\0\x3\0\0\0\x1\0\x6\0\0", 6)]
    [InlineData("II*\0\x8\0\0\0\x1\0\x12\x1\x3\0\x1\0\0\0\x8\0\0\0", 8)]
    [InlineData("MM\0*\0\0\0\x8\0\x1\x1\x12\0\x3\0\0\0\x1\0\x9\0\0", 1)]
    [InlineData("MM\0*\xFF\xFF\xFF\xFF\0\x1", 1)]
    [InlineData("MM", 1)]
    [InlineData("", 1)]
    public void A_pngs_orientation_is_read_in_both_byte_orders_and_nonsense_is_upright(string exif, int expected)
    {
        byte[] chunk = [.. "eXIf"u8, .. exif.Select(letter => (byte)letter)];
        byte[] frame = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(frame, chunk.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), Crc32.HashToUInt32(chunk));
        byte[] file = [.. Sound[..33], .. frame[..4], .. chunk, .. frame[4..], .. Sound[33..]];
        Assert.Equal((SKEncodedOrigin)expected, ExifOrientation.OfPng(file));
    }

    private string Failure(byte[] content)
    {
        File.WriteAllBytes(folder["m.png"], content);
        return Assert.Throws<UserErrorException>(() => Png.Read(folder["m.png"])).Message;
    }
}
