using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// A network's classes as a run's <c>classes.json</c> and an exported file keep them, in the order of its outputs:
/// <code>[ { "name": "road", "color": [128, 64, 128], "value": 7 }, ... ]</code> <c>value</c> is what the data set's label images have for
/// the class.
/// </summary>
/// <param name="Classes">Names and colours.</param>
/// <param name="Encoding">Values of label images.</param>
public sealed record ClassList(IReadOnlyList<SegmentationClass> Classes, LabelEncoding Encoding)
{
    private const int LargestFile = 1 << 20; // bytes; 255 classes take about twenty thousand
    private const int Channels = 3;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private sealed record Entry(string Name, [property: JsonPropertyName("color")] int[] Colour, byte Value);

    /// <summary>Those of a data set.</summary>
    public static ClassList Of(SegmentationDataset data) => new(data.Classes, data.Encoding);

    /// <summary>The list as JSON, in one line.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            Classes.Select((c, index) => new Entry(c.Name, [c.Red, c.Green, c.Blue], Encoding.ValueOf(index))),
            Options
        );

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteAllText(path, ToJson().Replace("},{", "},\n{", StringComparison.Ordinal) + "\n");

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing or no list of classes; the message says why.</exception>
    public static ClassList Load(string path) => Read(System.Text.Encoding.UTF8.GetString(UserJson.Read(path, LargestFile).Span), path);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it is from, for the message.</param>
    /// <exception cref="UserErrorException">It is no list of classes; the message says why.</exception>
    public static ClassList Read(string json, string source)
    {
        try
        {
            Entry[] entries = JsonSerializer.Deserialize<Entry[]>(json, Options) ?? throw new JsonException("it is empty");
            if (entries.Length is < 2 or > LabelMap.Ignore)
                throw new JsonException(FormattableString.Invariant($"it has {entries.Length} classes; there are 2 to 255"));
            foreach (Entry? entry in entries)
            {
                if (entry is null)
                    throw new JsonException("a class has no name or no color");
                if (entry.Colour.Length != Channels || entry.Colour.Any(value => value is < 0 or > byte.MaxValue))
                    throw new JsonException($"the color of class '{entry.Name}' is not three numbers from 0 to 255");
            }
            return new ClassList(
                [.. entries.Select(e => new SegmentationClass(e.Name, (byte)e.Colour[0], (byte)e.Colour[1], (byte)e.Colour[2]))],
                LabelEncoding.Ids(entries.Select(e => e.Value), [])
            );
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"{source} is no list of classes: {UserJson.Plain(e)}.", e);
        }
    }
}
