namespace FasterSeg.Profiler.Service.Engines.Wire;

/// <summary>
/// Goes through a protobuf message as its bytes come, field by field, and keeps nothing of it but where the messages that it is in end.
/// </summary>
/// <param name="enter">Told of each field by its number, and whether it has a length; says whether to go into it as a message.</param>
/// <param name="leave">Told where such a message ends.</param>
internal sealed class WireReader(Func<int, bool, bool> enter, Action leave)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5;
    private const int MostVarintBytes = 10;

    private enum Part
    {
        Tag,
        Number,
        Length,
        Content,
    }

    private readonly Stack<long> ends = new();
    private Part part = Part.Tag;
    private ulong number;
    private int numberBytes;
    private int field;
    private long left;

    /// <summary>Bytes seen.</summary>
    public long Length { get; private set; }

    /// <summary>Whether it may end here.</summary>
    public bool IsWhole => ends.Count == 0 && part == Part.Tag && numberBytes == 0;

    /// <summary>Reads the next bytes.</summary>
    /// <returns>False where they are no message's.</returns>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            if (part == Part.Content)
            {
                int step = (int)Math.Min(left, bytes.Length - at);
                at += step;
                Length += step;
                left -= step;
                if (left == 0)
                    part = Part.Tag;
            }
            else
            {
                byte next = bytes[at++];
                Length++;
                if (!Add(next) || ((next & 0x80) == 0 && !Complete()))
                    return false;
            }
            if (part == Part.Tag && numberBytes == 0)
                CloseEnded();
            if (ends.TryPeek(out long end) && Length > end)
                return false;
        }
        return true;
    }

    private bool Add(byte next)
    {
        // The tenth byte holds the last bit.
        if (++numberBytes > MostVarintBytes)
            return false;
        number |= (ulong)(next & 0x7f) << (7 * (numberBytes - 1));
        return true;
    }

    private bool Complete()
    {
        ulong value = number;
        (number, numberBytes) = (0, 0);
        switch (part)
        {
            case Part.Tag:
                return BeginField(value);
            case Part.Length:
                return BeginContent(value);
            default:
                part = Part.Tag;
                return true;
        }
    }

    private bool BeginField(ulong tag)
    {
        if (tag > uint.MaxValue || tag >> 3 == 0)
            return false;
        field = (int)(tag >> 3);
        int wire = (int)(tag & 7);
        if (wire is not (Varint or Fixed64 or Delimited or Fixed32))
            return false;
        if (wire == Delimited)
        {
            part = Part.Length;
            return true;
        }
        enter(field, false);
        left =
            wire == Fixed64 ? 8
            : wire == Fixed32 ? 4
            : 0;
        part = wire == Varint ? Part.Number : Part.Content;
        return true;
    }

    private bool BeginContent(ulong length)
    {
        if (length > int.MaxValue || (ends.TryPeek(out long end) && Length + (long)length > end))
            return false;
        if (enter(field, true))
        {
            ends.Push(Length + (long)length);
            part = Part.Tag;
            return true;
        }
        left = (long)length;
        part = left > 0 ? Part.Content : Part.Tag;
        return true;
    }

    private void CloseEnded()
    {
        while (ends.TryPeek(out long end) && Length == end)
        {
            ends.Pop();
            leave();
        }
    }
}
