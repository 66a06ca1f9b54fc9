using System.Globalization;
using System.Text;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Reads the opcodes of Python's pickle format, protocols 2 to 5, that dictionaries of names and numbers consist of, NumPy's own numbers
/// and arrays included. Nothing is executed: a "call" is only written down, of the few names listed here, and any other name or opcode is
/// refused. Every read is bounded by the input; and so are the number of steps and with it the values made. Why no library does it:
/// docs/decisions/0015-pickles.md.
/// </summary>
internal ref struct PickleReader(ReadOnlySpan<byte> bytes)
{
    private const int DeepestStack = 100_000;

    // The paper's table has some 10 steps for each of its 667 keys.
    private const int MostSteps = 1_000_000;
    private const byte LeastProtocol = 2,
        MostProtocol = 5;
    private const string OrderedDictionary = "collections OrderedDict";

    /// <summary>As NumPy 1 spells them; NumPy 2 has moved <c>numpy.core</c> to <c>numpy._core</c>.</summary>
    private static readonly HashSet<string> KnownNames =
    [
        "numpy.core.multiarray _reconstruct",
        "numpy.core.multiarray scalar",
        "numpy.core.numeric _frombuffer",
        "numpy ndarray",
        "numpy dtype",
        "_codecs encode",
        OrderedDictionary,
    ];

    /// <summary>Stands on the stack where the items of a tuple, a list or a dictionary begin.</summary>
    private static readonly object Mark = new();

    private PickleInput input = new(bytes);
    private readonly Stack<object?> stack = new();
    private readonly Dictionary<int, object?> memo = [];

    /// <summary>A name of Python's that was read and not looked up.</summary>
    private sealed record KnownName(string Name);

    /// <summary>The value that the pickle describes: text, numbers, bytes, <c>object?[]</c>, <c>List</c>, <c>Dictionary</c> with text as
    /// keys, or a <see cref="PickleCall"/>.</summary>
    /// <exception cref="FormatException">It is damaged, or holds something that is not read.</exception>
    public object? Read()
    {
        for (int step = 0; ; step++)
        {
            if (step == MostSteps)
                throw new FormatException("it has more steps than any table");
            int at = input.Position;
            byte opcode = input.Byte();
            if (opcode == '.')
                break;
            Execute(opcode, at);
            if (stack.Count > DeepestStack)
                throw new FormatException("it nests more values than a table has");
        }
        object? result = Pop();
        if (stack.Count > 0)
            throw new FormatException("values are left over at its end");
        if (input.Position != input.Length)
            throw new FormatException("bytes follow its end");
        return result;
    }

    private void Execute(byte opcode, int at)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                byte protocol = input.Byte();
                if (protocol is < LeastProtocol or > MostProtocol)
                    throw new FormatException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"its pickle protocol is {protocol} and none from {LeastProtocol} to {MostProtocol}"
                        )
                    );
                break;
            case 0x95:
                input.Frame();
                break; // FRAME
            case (byte)'c':
                stack.Push(Known(input.Line(), input.Line()));
                break; // GLOBAL
            case 0x93: // STACK_GLOBAL
                string name = Pop<string>();
                stack.Push(Known(Pop<string>(), name));
                break;
            case (byte)'q':
                Remember(input.Byte());
                break; // BINPUT
            case (byte)'r':
                Remember(input.Integer(4));
                break; // LONG_BINPUT
            case 0x94:
                Remember(memo.Count);
                break; // MEMOIZE
            case (byte)'h':
                stack.Push(Remembered(input.Byte()));
                break; // BINGET
            case (byte)'j':
                stack.Push(Remembered(input.Integer(4)));
                break; // LONG_BINGET
            case (byte)'J':
                stack.Push(input.Integer(4, signed: true));
                break; // BININT
            case (byte)'K':
                stack.Push((long)input.Byte());
                break; // BININT1
            case (byte)'M':
                stack.Push(input.Integer(2));
                break; // BININT2
            case 0x8a:
                stack.Push(input.LongInteger());
                break; // LONG1
            case (byte)'G':
                stack.Push(input.Double());
                break; // BINFLOAT
            case (byte)'X':
                stack.Push(input.Text(4));
                break; // BINUNICODE
            case 0x8c:
                stack.Push(input.Text(1));
                break; // SHORT_BINUNICODE
            case 0x8d:
                stack.Push(input.Text(8));
                break; // BINUNICODE8
            case (byte)'U':
                stack.Push(Encoding.Latin1.GetString(input.Counted(1)));
                break; // SHORT_BINSTRING, Python 2's str
            case (byte)'T':
                stack.Push(Encoding.Latin1.GetString(input.Counted(4)));
                break; // BINSTRING
            case (byte)'C':
                stack.Push(input.Counted(1).ToArray());
                break; // SHORT_BINBYTES
            case (byte)'B':
                stack.Push(input.Counted(4).ToArray());
                break; // BINBYTES
            case 0x8e or 0x96:
                stack.Push(input.Counted(8).ToArray());
                break; // BINBYTES8, BYTEARRAY8
            case (byte)'N':
                stack.Push(null);
                break; // NONE
            case 0x88 or 0x89:
                stack.Push(opcode == 0x88);
                break; // NEWTRUE, NEWFALSE
            case (byte)'(':
                stack.Push(Mark);
                break; // MARK
            case (byte)')':
                stack.Push(Array.Empty<object?>());
                break; // EMPTY_TUPLE
            case 0x85 or 0x86 or 0x87:
                stack.Push(Last(opcode - 0x84));
                break; // TUPLE1 to TUPLE3
            case (byte)'t':
                stack.Push(ToMark());
                break; // TUPLE
            case (byte)']':
                stack.Push(new List<object?>());
                break; // EMPTY_LIST
            case (byte)'}':
                stack.Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                break; // EMPTY_DICT
            case (byte)'a':
                AddItems(Last(1));
                break; // APPEND
            case (byte)'e':
                AddItems(ToMark());
                break; // APPENDS
            case (byte)'s':
                SetItems(Last(2));
                break; // SETITEM
            case (byte)'u':
                SetItems(ToMark());
                break; // SETITEMS
            case (byte)'R':
                Call();
                break; // REDUCE
            case (byte)'b': // BUILD
                object? state = Pop();
                Top<PickleCall>().State = state;
                break;
            default:
                throw new FormatException(
                    string.Create(CultureInfo.InvariantCulture, $"its pickle has opcode 0x{opcode:X2} at byte {at}, which no table needs")
                );
        }
    }

    private static KnownName Known(string module, string name)
    {
        string full =
            $"{(module.StartsWith("numpy._core.", StringComparison.Ordinal) ? "numpy.core." + module["numpy._core.".Length..] : module)} "
            + $"{name}";
        return KnownNames.Contains(full)
            ? new KnownName(full)
            : throw new FormatException($"it asks for the Python name '{module} {name}', which no table needs");
    }

    private readonly void Call()
    {
        object?[] arguments = Pop<object?[]>();
        string name = Pop<KnownName>().Name;
        stack.Push(
            name == OrderedDictionary && arguments.Length == 0
                ? new Dictionary<string, object?>(StringComparer.Ordinal)
                : new PickleCall(name, arguments)
        );
    }

    private readonly void AddItems(object?[] items) => Top<List<object?>>().AddRange(items);

    private readonly void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
            throw new FormatException("a dictionary has a key without a value");
        Dictionary<string, object?> dictionary = Top<Dictionary<string, object?>>();
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not string key)
                throw new FormatException("a dictionary has a key that is no text");
            if (!dictionary.TryAdd(key, items[i + 1]))
                throw new FormatException($"the key '{key}' occurs a second time");
        }
    }

    /// <summary>Values are kept once and fetched as they are, so that no number of fetches makes them more.</summary>
    private readonly void Remember(long index)
    {
        if (index < 0 || index > input.Length)
            throw new FormatException("a memo index is out of range");
        if (!stack.TryPeek(out object? value) || ReferenceEquals(value, Mark))
            throw new FormatException("it remembers a value before there is one");
        memo[(int)index] = value;
    }

    private readonly object? Remembered(long index) =>
        index <= int.MaxValue && memo.TryGetValue((int)index, out object? value)
            ? value
            : throw new FormatException("it fetches a value that it has not remembered");

    private readonly object?[] ToMark()
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
        for (int i = count - 1; i >= 0; i--)
            items[i] = Pop();
        return items;
    }

    private readonly object? Pop() =>
        stack.TryPop(out object? value) && !ReferenceEquals(value, Mark) ? value : throw new FormatException("a value is missing");

    private readonly T Pop<T>() => Pop() is T value ? value : throw new FormatException("a value has the wrong type");

    private readonly T Top<T>() =>
        stack.TryPeek(out object? top) && top is T value ? value : throw new FormatException("a value has the wrong type");
}
