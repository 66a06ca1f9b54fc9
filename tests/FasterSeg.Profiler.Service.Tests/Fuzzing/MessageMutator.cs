using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>Changes messages field by field: extreme numbers, odd texts, missing and repeated parts, lists of many thousands.</summary>
/// <param name="texts">Texts that mean something to the reader; odd ones are added.</param>
internal sealed class MessageMutator(IReadOnlyList<string> texts)
{
    private const int Deepest = 4;

    private static readonly string[] Odd =
    [
        "",
        "\0",
        " ",
        "../../etc/passwd",
        "'; DROP TABLE job; --",
        "\uD83D\uDE00",
        "\u202E",
        "%s%n{0}",
        "null",
        "-1",
    ];
    private static readonly string Long = new('x', 20_000);
    private static readonly double[] Numbers =
    [
        0,
        -0.0,
        0.25,
        0.5,
        1,
        1.5,
        -1,
        1e-9,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.Epsilon,
        double.MaxValue,
        double.MinValue,
    ];
    private static readonly long[] Integers =
    [
        0,
        1,
        2,
        3,
        4,
        8,
        16,
        32,
        64,
        256,
        1024,
        -1,
        int.MinValue,
        int.MaxValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
    ];

    /// <summary>Changes one field of a message, or of a message within it.</summary>
    public void Mutate(Random random, IMessage message, int depth = 0)
    {
        IList<FieldDescriptor> fields = message.Descriptor.Fields.InDeclarationOrder();
        if (fields.Count == 0)
            return;
        FieldDescriptor field = fields[random.Next(fields.Count)];
        if (field.IsMap)
            field.Accessor.Clear(message);
        else if (field.IsRepeated)
            Mutate(random, field, (IList)field.Accessor.GetValue(message), depth);
        else if (field.FieldType == FieldType.Message && field.Accessor.GetValue(message) is IMessage inner && random.Next(8) != 0)
            Mutate(random, inner, depth + 1);
        else if (random.Next(10) == 0)
            field.Accessor.Clear(message);
        else
            field.Accessor.SetValue(message, Value(random, field, depth));
    }

    private void Mutate(Random random, FieldDescriptor field, IList list, int depth)
    {
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        switch (random.Next(list.Count == 0 ? 2 : 7))
        {
            case 0:
                list.Add(Value(random, field, depth));
                break;
            case 1:
                object many = Value(random, field, depth);
                for (int i = random.Next(Most(random, many, depth)); i > 0; i--)
                    list.Add(many);
                break;
            case 2:
                list.RemoveAt(at);
                break;
            case 3:
                list.Clear();
                break;
            case 4:
                list.Add(list[at]);
                break;
            default:
                if (list[at] is IMessage inner)
                    Mutate(random, inner, depth + 1);
                else
                    list[at] = Value(random, field, depth);
                break;
        }
    }

    /// <summary>How long a list may become. Lists of lists of long texts would make one input of gigabytes.</summary>
    private static int Most(Random random, object value, int depth) =>
        value switch
        {
            IMessage => depth == 0 ? 20 : 4,
            string { Length: > 100 } => 50,
            _ => random.Next(6) == 0 ? 12_000 : 8,
        };

    private object Value(Random random, FieldDescriptor field, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Double:
                return Number(random);
            case FieldType.Float:
                return (float)Number(random);
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                return unchecked((int)Integer(random));
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                return Integer(random);
            case FieldType.UInt32 or FieldType.Fixed32:
                return unchecked((uint)Integer(random));
            case FieldType.UInt64 or FieldType.Fixed64:
                return unchecked((ulong)Integer(random));
            case FieldType.Bool:
                return random.Next(2) == 0;
            case FieldType.String:
                return Text(random);
            case FieldType.Enum:
                return Enum.ToObject(field.EnumType.ClrType, unchecked((int)Integer(random)));
            case FieldType.Bytes:
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                return ByteString.CopyFrom(bytes);
            case FieldType.Message or FieldType.Group:
                IMessage made = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                for (int i = random.Next(6); i > 0 && depth < Deepest; i--)
                    Mutate(random, made, depth + 1);
                return made;
            default:
                throw new NotSupportedException($"Fields of {field.FieldType} are not made yet.");
        }
    }

    private string Text(Random random) =>
        random.Next(100) == 0 ? Long
        : random.Next(3) == 0 || texts.Count == 0 ? Odd[random.Next(Odd.Length)]
        : texts[random.Next(texts.Count)];

    private static double Number(Random random) => random.Next(3) == 0 ? random.NextDouble() : Numbers[random.Next(Numbers.Length)];

    private static long Integer(Random random) => random.Next(3) == 0 ? random.Next(2000) : Integers[random.Next(Integers.Length)];
}
