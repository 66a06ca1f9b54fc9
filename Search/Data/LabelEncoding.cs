namespace FasterSeg.Search.Data;

/// <summary>What the values of a data set's label images mean, to read its labels and to write predictions as it wants them.</summary>
public sealed class LabelEncoding
{
    private const int Unknown = -1;

    private readonly int[] classOf = [.. Enumerable.Repeat(Unknown, 256)];
    private readonly byte[] valueOf;
    private readonly string values;

    private LabelEncoding(byte[] valueOf, IEnumerable<byte> ignored, string values, bool isChosen = false)
    {
        (this.valueOf, this.values, IsChosen) = (valueOf, values, isChosen);
        for (int c = 0; c < valueOf.Length; c++)
            classOf[valueOf[c]] = c;
        foreach (byte value in ignored.Append(LabelMap.Ignore))
            classOf[value] = LabelMap.Ignore;
    }

    /// <summary>Whether it is the user who said from where values count the classes.</summary>
    public bool IsChosen { get; }

    /// <summary>Values are the classes' indices.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="ignore">The value of pixels that do not count; 255 is one always.</param>
    /// <param name="first">The first class's value.</param>
    /// <param name="isChosen">Whether the user said so in classes.json.</param>
    public static LabelEncoding Indices(int classes, byte ignore = LabelMap.Ignore, byte first = 0, bool isChosen = false) =>
        new(
            [.. Enumerable.Range(first, classes).Select(c => (byte)c)],
            [ignore],
            FormattableString.Invariant($"{first} to {first + classes - 1}, {ignore} to ignore"),
            isChosen
        );

    /// <summary>Values are numbers of the data set's own.</summary>
    /// <param name="values">Each class's value.</param>
    /// <param name="ignored">Values of pixels that do not count.</param>
    public static LabelEncoding Ids(IEnumerable<byte> values, IEnumerable<byte> ignored)
    {
        byte[] all = [.. values];
        return new(all, ignored, "values " + string.Join(", ", all));
    }

    /// <summary>The class that a stored value means, or <see cref="LabelMap.Ignore"/>; null where it means none.</summary>
    public byte? Decode(byte value) => classOf[value] == Unknown ? null : (byte)classOf[value];

    /// <summary>The value that a class is stored as.</summary>
    public byte ValueOf(int @class) => valueOf[@class];

    /// <summary>For messages: which values there are.</summary>
    public override string ToString() => values;

    /// <summary>The label as it is stored.</summary>
    /// <exception cref="IndexOutOfRangeException">A value is no class.</exception>
    public byte[] Encode(LabelMap label) => Array.ConvertAll(label.Classes, c => c == LabelMap.Ignore ? LabelMap.Ignore : valueOf[c]);
}
