using System.Text.Json;
using System.Text.Json.Serialization;

namespace FasterSeg.Search.Configuration;

/// <summary>How a configuration's file writes a choice: in one word, small at its beginning.</summary>
public static class ConfigurationWords
{
    /// <summary>Reads and writes choices as words.</summary>
    public static JsonConverter Converter { get; } = new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    /// <summary>The word of a choice.</summary>
    public static string Word(this Enum choice) => JsonNamingPolicy.CamelCase.ConvertName(choice.ToString());

    /// <summary>All words of a kind of choice.</summary>
    public static IEnumerable<string> All(Type choices) => Enum.GetNames(choices).Select(JsonNamingPolicy.CamelCase.ConvertName);
}
