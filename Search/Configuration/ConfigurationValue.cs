using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>A value that a configuration may have: what is to be known of its key.</summary>
/// <param name="Key">E.g. <c>searching:epochs</c>.</param>
/// <param name="Type">Of the value.</param>
/// <param name="Default">As JSON writes it; null where the program that is asked decides.</param>
/// <param name="Unit">What a number counts; null where it counts nothing.</param>
/// <param name="Range">What it may be; null where its type says all.</param>
/// <param name="Meaning">A sentence or more.</param>
public sealed record ConfigurationValue(string Key, Type Type, JsonNode? Default, string? Unit, ConfigurationRange? Range, string Meaning)
{
    /// <summary>Every value, section by section, in the order of the options' classes. Meanings are the options' documentation.</summary>
    /// <exception cref="UserErrorException">The documentation does not lie beside the program.</exception>
    public static IReadOnlyList<ConfigurationValue> All()
    {
        IReadOnlyDictionary<string, ConfigurationRange> ranges = ConfigurationRules.Ranges();
        JsonNode defaults = JsonSerializer.SerializeToNode(new FasterSegOptions(), ConfigurationLoader.Json)!;
        var documentation = new DocumentedMembers();
        return [.. Walk(typeof(FasterSegOptions), "", defaults)];

        IEnumerable<ConfigurationValue> Walk(Type options, string prefix, JsonNode? values)
        {
            foreach (
                PropertyInfo property in ConfigurationKeys.PropertiesOf(options).OrderBy(property => property.DeclaringType == options)
            )
            {
                string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                    key = prefix + name;
                if (ConfigurationKeys.IsSection(property))
                {
                    foreach (ConfigurationValue inner in Walk(property.PropertyType, key + ":", values?[name]))
                        yield return inner;
                    continue;
                }
                Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                yield return new ConfigurationValue(
                    key,
                    type,
                    values?[name]?.DeepClone(),
                    property.GetCustomAttribute<UnitAttribute>()?.Name,
                    type.IsEnum ? ConfigurationRange.OneOf(ConfigurationWords.All(type)) : ranges.GetValueOrDefault(key),
                    documentation.Of(property)
                );
            }
        }
    }

    /// <summary>What a section is, by its key.</summary>
    /// <exception cref="UserErrorException">The documentation does not lie beside the program.</exception>
    public static IReadOnlyDictionary<string, string> Sections()
    {
        var documentation = new DocumentedMembers();
        return ConfigurationKeys
            .PropertiesOf(typeof(FasterSegOptions))
            .Where(ConfigurationKeys.IsSection)
            .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), documentation.Of);
    }
}
