using System.Buffers.Binary;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>An item's samples in one piece: how many sessions, the length of each in bytes (32-bit integers, little-endian), then the
/// sessions one after the other, as the profiler's <c>SampleBytes</c> writes them.</summary>
internal static class SessionBytes
{
    /// <summary>The sessions in one piece; null where there are none.</summary>
    public static byte[]? Write(IReadOnlyList<byte[]>? sessions)
    {
        if (sessions is not { Count: > 0 })
            return null;
        int head = sizeof(int) * (1 + sessions.Count);
        byte[] bytes = new byte[head + sessions.Sum(session => session.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, sessions.Count);
        int at = head;
        for (int i = 0; i < sessions.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int) * (1 + i)), sessions[i].Length);
            sessions[i].CopyTo(bytes, at);
            at += sessions[i].Length;
        }
        return bytes;
    }

    /// <summary>The sessions; empty where there are none.</summary>
    public static IReadOnlyList<byte[]> Read(byte[]? bytes)
    {
        if (bytes is null)
            return [];
        var sessions = new byte[BinaryPrimitives.ReadInt32LittleEndian(bytes)][];
        int at = sizeof(int) * (1 + sessions.Length);
        for (int i = 0; i < sessions.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int) * (1 + i)));
            sessions[i] = bytes[at..(at + length)];
            at += length;
        }
        return sessions;
    }
}
