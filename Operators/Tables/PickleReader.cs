using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FasterSeg.Operators.Tables;

/// <summary>
/// Reads the few opcodes of Python's pickle format (protocol 2) that a NumPy object array with one dictionary of numbers
/// consists of. Nothing is executed: a "call" is only recognized, of four known names, and any other opcode or name is
/// refused. Every read is bounded by the input; and so are the number of steps and with it the values made.
/// </summary>
internal ref struct PickleReader(ReadOnlySpan<byte> input)
{
    private const int LongestText = 1000;
    private const int DeepestStack = 100_000;
    // The paper's table has some 10 steps for each of its 667 keys.
    private const int MostSteps = 1_000_000;

    private static readonly HashSet<string> KnownGlobals =
        ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype", "_codecs encode"];

    private readonly ReadOnlySpan<byte> input = input;
    private readonly Stack<object?> stack = new();
    private int position;

    /// <summary>Stands on the stack where the items of a tuple or of a dictionary begin.</summary>
    private static readonly object Mark = new();

    /// <summary>A name of Python's that was read and not looked up.</summary>
    public sealed record Global(string Name);

    /// <summary>What Python would have made by calling a known name, and the state it was given afterwards.</summary>
    public sealed record Call(string Name, object?[] Arguments)
    {
        public object? State { get; set; }
    }

    /// <summary>The value that the pickle describes.</summary>
    /// <exception cref="FormatException">It is damaged, or holds something that is not read.</exception>
    public object? Read()
    {
        for (int step = 0; ; step++)
        {
            if (step == MostSteps) throw new FormatException("it has more steps than any table");
            int at = position;
            byte opcode = Bytes(1)[0];
            if (opcode == '.') break;
            Execute(opcode, at);
            if (stack.Count > DeepestStack) throw new FormatException("it nests more values than a table has");
        }
        object? result = Pop();
        if (stack.Count > 0) throw new FormatException("values are left over at its end");
        if (position != input.Length) throw new FormatException("bytes follow its end");
        return result;
    }

    private void Execute(byte opcode, int at)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Bytes(1)[0] != 2) throw new FormatException("its pickle protocol is not 2");
                break;
            case (byte)'c': // GLOBAL
                string name = $"{Line()} {Line()}";
                if (!KnownGlobals.Contains(name)) throw new FormatException($"it asks for the Python name '{name}', which no table needs");
                stack.Push(new Global(name));
                break;
            case (byte)'q': // BINPUT
                Remember(Bytes(1)[0]);
                break;
            case (byte)'r': // LONG_BINPUT
                Remember(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case (byte)'J': // BININT
                stack.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case (byte)'K': // BININT1
                stack.Push((long)Bytes(1)[0]);
                break;
            case (byte)'X': // BINUNICODE
                stack.Push(Text());
                break;
            case (byte)'G': // BINFLOAT
                stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'N': // NONE
                stack.Push(null);
                break;
            case 0x89: // NEWFALSE
                stack.Push(false);
                break;
            case (byte)'(': // MARK
                stack.Push(Mark);
                break;
            case (byte)')': // EMPTY_TUPLE
                stack.Push(Array.Empty<object?>());
                break;
            case 0x85: // TUPLE1
            case 0x86: // TUPLE2
            case 0x87: // TUPLE3
                stack.Push(Last(opcode - 0x84));
                break;
            case (byte)'t': // TUPLE
                stack.Push(ToMark());
                break;
            case (byte)']': // EMPTY_LIST
                stack.Push(new List<object?>());
                break;
            case (byte)'}': // EMPTY_DICT
                stack.Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                break;
            case (byte)'a': // APPEND
                object? item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case (byte)'u': // SETITEMS
                SetItems(ToMark());
                break;
            case (byte)'R': // REDUCE
                object?[] arguments = Pop<object?[]>();
                stack.Push(new Call(Pop<Global>().Name, arguments));
                break;
            case (byte)'b': // BUILD
                object? state = Pop();
                Top<Call>().State = state;
                break;
            default:
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"its pickle has opcode 0x{opcode:X2} at byte {at}, which no table needs"));
        }
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0) throw new FormatException("a dictionary has a key without a value");
        Dictionary<string, object?> dictionary = Top<Dictionary<string, object?>>();
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not string key) throw new FormatException("a dictionary has a key that is no text");
            if (!dictionary.TryAdd(key, items[i + 1])) throw new FormatException($"the key '{key}' occurs a second time");
        }
    }

    /// <summary>The opcodes that fetch a remembered value are not among those read, so none has to be kept.</summary>
    private readonly void Remember(int index)
    {
        if (index < 0 || index > input.Length) throw new FormatException("a memo index is out of range");
        if (stack.Count == 0) throw new FormatException("it remembers a value before there is one");
    }

    private object?[] ToMark()
    {
        int count = 0;
        foreach (object? value in stack)
        {
            if (ReferenceEquals(value, Mark))
            {
                object?[] items = Last(count);
                stack.Pop();
                return items;
            }
            count++;
        }
        throw new FormatException("a list of values has no beginning");
    }

    private readonly object?[] Last(int count)
    {
        var items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = Pop();
        return items;
    }

    private readonly object? Pop() =>
        stack.TryPop(out object? value) && !ReferenceEquals(value, Mark) ? value : throw new FormatException("a value is missing");

    private readonly T Pop<T>() => Pop() is T value ? value : throw new FormatException("a value has the wrong type");

    private readonly T Top<T>() =>
        stack.TryPeek(out object? top) && top is T value ? value : throw new FormatException("a value has the wrong type");

    private string Text()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
        if (length > LongestText) throw new FormatException("a text is longer than any name");
        return Decoded(Bytes((int)length));
    }

    private string Line()
    {
        int length = input[position..].IndexOf((byte)'\n');
        if (length is < 0 or > LongestText) throw new FormatException("a Python name has no end");
        string line = Decoded(Bytes(length));
        _ = Bytes(1);
        return line;
    }

    private static string Decoded(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException failure)
        {
            throw new FormatException("a text is no valid Unicode", failure);
        }
    }

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > input.Length - position) throw new FormatException("it ends too early");
        ReadOnlySpan<byte> bytes = input.Slice(position, count);
        position += count;
        return bytes;
    }
}
