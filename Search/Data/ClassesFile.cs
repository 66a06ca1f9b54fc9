using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// The classes of a data folder, <c>classes.json</c>:
/// <code>{ "classes": [ { "name": "road", "color": [128, 64, 128] }, ... ], "ignore": 255, "ignoreColor": [0, 0, 0], "firstIndex": 0
/// }</code> A class's position is its index in grey and palette masks, counted from <c>firstIndex</c> (0 unless given). <c>ignore</c> (255
/// unless given) is the index, and <c>ignoreColor</c> (none unless given) the colour in RGB masks, of pixels that are not to be counted.
/// </summary>
/// <param name="Classes">2 to 255 classes.</param>
/// <param name="Ignore">Index of pixels to ignore.</param>
/// <param name="IgnoreColour">Colour of pixels to ignore, 0xRRGGBB.</param>
/// <param name="FirstIndex">Index of the first class.</param>
internal sealed record ClassesFile(IReadOnlyList<SegmentationClass> Classes, byte Ignore, int? IgnoreColour, byte FirstIndex)
{
    private const string Names = "classes",
        IgnoreName = "ignore",
        IgnoreColourName = "ignoreColor",
        FirstName = "firstIndex",
        Name = "name",
        Colour = "color";

    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <exception cref="UserErrorException">The file is missing or broken; the message says where.</exception>
    public static ClassesFile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(UserJson.Of(ImageFile.ReadBytes(path), path), Options);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"'{path}' is broken: {UserJson.Plain(e)}.", e);
        }
    }

    private static ClassesFile Read(JsonElement root)
    {
        Members(
            root,
            "it",
            """an object: { "classes": [ { "name": "road", "color": [128, 64, 128] }, ... ], "ignore": 255 }""",
            Names,
            IgnoreName,
            IgnoreColourName,
            FirstName
        );
        if (!root.TryGetProperty(Names, out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            throw new JsonException(
                $"{Names} {(list.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is {Kind(list)}")}; write a list of "
                    + "classes, each with a name and a color."
            );
        SegmentationClass[] classes = [.. list.EnumerateArray().Select(Class)];
        if (classes.Length is < 2 or > 255)
            throw new JsonException($"it has {classes.Length} class{(classes.Length == 1 ? "" : "es")}; use 2 to 255.");
        int ignore = Number(root, IgnoreName, LabelMap.Ignore, 255),
            first = Number(root, FirstName, 0, 255 - classes.Length);
        int? ignoreColour =
            root.TryGetProperty(IgnoreColourName, out JsonElement colour) && colour.ValueKind != JsonValueKind.Null
                ? Rgb(Bytes(colour) ?? throw new JsonException($"{IgnoreColourName} is not three numbers from 0 to 255."))
                : null;
        Distinct(classes, ignoreColour);
        return new ClassesFile(classes, (byte)ignore, ignoreColour, (byte)first);
    }

    private static SegmentationClass Class(JsonElement entry, int index)
    {
        string where = $"{Names}[{index}]";
        Members(entry, where, """{ "name": "road", "color": [128, 64, 128] }""", Name, Colour);
        if (!entry.TryGetProperty(Name, out JsonElement name))
            throw new JsonException($"{where} has no {Name}.");
        if (name.ValueKind != JsonValueKind.String)
            throw new JsonException($"{where}.{Name} is {Kind(name)}; write a text.");
        if (string.IsNullOrWhiteSpace(name.GetString()))
            throw new JsonException($"{where}.{Name} is empty: a class has no name.");
        if (!entry.TryGetProperty(Colour, out JsonElement colour))
            throw new JsonException($"{where}, class '{name.GetString()}', has no {Colour}; write three numbers from 0 to 255.");
        byte[] bytes = Bytes(colour)
            ?? throw new JsonException($"the color of class '{name.GetString()}' is not three numbers from 0 to 255.");
        return new SegmentationClass(name.GetString()!, bytes[0], bytes[1], bytes[2]);
    }

    /// <summary>Refuses what is no object, and members that nobody reads: most are misspelt.</summary>
    private static void Members(JsonElement element, string where, string example, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new JsonException($"{where} is {Kind(element)}; write {example}.");
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw new JsonException(
                    $"{where} has a member '{member.Name}', which means nothing here (a class's index is its place in the list); "
                        + $"{string.Join(", ", known)} are known: correct or remove it."
                );
        }
    }

    private static int Number(JsonElement root, string name, int otherwise, int largest)
    {
        if (!root.TryGetProperty(name, out JsonElement value))
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number <= largest
            ? number
            : throw new JsonException($"{name} is {value.GetRawText()}; use 0 to {largest}.");
    }

    private static byte[]? Bytes(JsonElement colour)
    {
        if (colour.ValueKind != JsonValueKind.Array || colour.GetArrayLength() != 3)
            return null;
        byte[] bytes =
        [
            .. colour
                .EnumerateArray()
                .Where(part => part.ValueKind == JsonValueKind.Number && part.TryGetByte(out _))
                .Select(part => part.GetByte()),
        ];
        return bytes.Length == 3 ? bytes : null;
    }

    private static void Distinct(SegmentationClass[] classes, int? ignoreColour)
    {
        if (classes.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } name)
            throw new JsonException($"class '{name.Key}' appears twice.");
        var colours = classes.Select(c => (c.Name, Colour: Rgb([c.Red, c.Green, c.Blue])));
        if (ignoreColour is { } extra)
            colours = colours.Append((IgnoreColourName, extra));
        if (colours.GroupBy(c => c.Colour).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new JsonException($"'{string.Join("' and '", same.Select(c => c.Name))}' have the same color.");
    }

    private static string Kind(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };

    private static int Rgb(byte[] color) => color[0] << 16 | color[1] << 8 | color[2];
}
