using System.Globalization;
using System.Text.Json;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Reads the members of one JSON object, each by name and type, and refuses what is missing, misshapen or unknown with a
/// sentence that says where.
/// </summary>
internal sealed class JsonFields
{
    private const int LongestText = 1000;

    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly string where;

    /// <param name="element">What should be an object.</param>
    /// <param name="where">The file and the place in it, which every message begins with.</param>
    public JsonFields(JsonElement element, string where)
    {
        this.where = where;
        if (element.ValueKind != JsonValueKind.Object)
            throw Fault($"an object was expected here, not {Shown(element)}");
        foreach (JsonProperty member in element.EnumerateObject())
            members[member.Name] = member.Value;
    }

    public bool Has(string name) => members.ContainsKey(name);

    /// <summary>The member, whatever it is. What is taken once is not left over.</summary>
    public JsonElement Take(string name) => members.Remove(name, out JsonElement value) ? value : throw Fault($"'{name}' is missing");

    public string Text(string name) => TextOrNull(name) ?? throw Fault($"'{name}' is null, not a text");

    public string? TextOrNull(string name)
    {
        JsonElement value = Take(name);
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Fault($"'{name}' is {Shown(value)}, not a text");
        string text = value.GetString()!;
        return text.Length <= LongestText ? text : throw Fault($"'{name}' has {text.Length} characters, more than {LongestText}");
    }

    public double Number(string name)
    {
        JsonElement value = Take(name);
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Fault($"'{name}' is {Shown(value)}, not a number");
    }

    public IReadOnlyList<double> Numbers(string name)
    {
        JsonElement value = Take(name);
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))
            throw Fault($"'{name}' is {Shown(value)}, not a list of numbers");
        return [.. value.EnumerateArray().Select(item => item.GetDouble())];
    }

    public int Integer(string name, int least)
    {
        double number = Number(name);
        return number >= least && number <= int.MaxValue && number == Math.Floor(number)
            ? (int)number
            : throw Fault(string.Create(CultureInfo.InvariantCulture, $"'{name}' is {number}, not a whole number from {least} on"));
    }

    public bool Flag(string name)
    {
        JsonElement value = Take(name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fault($"'{name}' is {Shown(value)}, not true or false"),
        };
    }

    /// <summary>All members that are left, each a text.</summary>
    public Dictionary<string, string> Texts() => members.Keys.ToArray().ToDictionary(name => name, Text);

    /// <summary>All members that are left, each a whole number.</summary>
    public Dictionary<string, int> Integers(int least) => members.Keys.ToArray().ToDictionary(name => name, name => Integer(name, least));

    /// <summary>Refuses members that nobody took.</summary>
    public void RequireNoOthers()
    {
        if (members.Count > 0)
            throw Fault($"'{members.Keys.First()}' is unknown in this format");
    }

    public UserErrorException Fault(string what) => new($"{where}: {what}: restore the file or build the table again.");

    private static string Shown(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 40 ? raw : raw[..40] + "...";
    }
}
