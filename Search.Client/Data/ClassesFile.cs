using System.Text.Json;
using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// The classes of a data folder, <c>classes.json</c>:
/// <code>{ "classes": [ { "name": "road", "color": [128, 64, 128] }, ... ], "ignore": 255, "ignoreColor": [0, 0, 0] }</code>
/// A class's position is its index in grey and palette masks. <c>ignore</c> (255 unless given) is the index, and
/// <c>ignoreColor</c> (none unless given) the colour in RGB masks, of pixels that are not to be counted.
/// </summary>
/// <param name="Classes">2 to 255 classes.</param>
/// <param name="Ignore">Index of pixels to ignore.</param>
/// <param name="IgnoreColour">Colour of pixels to ignore, 0xRRGGBB.</param>
internal sealed record ClassesFile(IReadOnlyList<SegmentationClass> Classes, byte Ignore, int? IgnoreColour)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private sealed record Content(IReadOnlyList<Entry> Classes, int Ignore = LabelMap.Ignore, IReadOnlyList<int>? IgnoreColor = null);

    private sealed record Entry(string Name, IReadOnlyList<int> Color);

    /// <exception cref="UserErrorException">The file is missing or broken; the message says where.</exception>
    public static ClassesFile Read(string path)
    {
        Content content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(UserText.Of(ImageFile.ReadBytes(path), path).Span, Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"'{path}' is broken: {e.Message}", e);
        }
        return Fault(content) is { } fault
            ? throw new UserErrorException($"'{path}' is broken: {fault}")
            : new ClassesFile([.. content.Classes.Select(c => new SegmentationClass(c.Name, (byte)c.Color[0], (byte)c.Color[1], (byte)c.Color[2]))],
                (byte)content.Ignore, content.IgnoreColor is { } colour ? Rgb(colour) : null);
    }

    private static string? Fault(Content content)
    {
        if (content.Classes.Count is < 2 or > 255) return $"it has {content.Classes.Count} classes; use 2 to 255.";
        if (content.Ignore is < 0 or > 255) return $"ignore is {content.Ignore}; use 0 to 255.";
        if (content.IgnoreColor is { } ignored && !IsColour(ignored)) return "ignoreColor is not three numbers from 0 to 255.";
        foreach (Entry? entry in content.Classes)
        {
            if (entry is null) return "a class is null.";
            if (string.IsNullOrWhiteSpace(entry.Name)) return "a class has no name.";
            if (!IsColour(entry.Color)) return $"the color of class '{entry.Name}' is not three numbers from 0 to 255.";
        }
        if (content.Classes.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } name) return $"class '{name.Key}' appears twice.";
        var colours = content.Classes.Select(c => (c.Name, Colour: Rgb(c.Color)));
        if (content.IgnoreColor is { } extra) colours = colours.Append(("ignoreColor", Rgb(extra)));
        return colours.GroupBy(c => c.Colour).FirstOrDefault(g => g.Count() > 1) is { } same
            ? $"'{string.Join("' and '", same.Select(c => c.Name))}' have the same color."
            : null;
    }

    private static bool IsColour(IReadOnlyList<int> color) => color.Count == 3 && color.All(v => v is >= 0 and <= 255);

    private static int Rgb(IReadOnlyList<int> color) => color[0] << 16 | color[1] << 8 | color[2];
}
