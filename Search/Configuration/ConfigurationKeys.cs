using System.Reflection;
using System.Text.Json;

namespace FasterSeg.Search.Configuration;

/// <summary>The keys a configuration may have, read off <see cref="FasterSegOptions"/>: <c>seed</c>, <c>space:height</c>, ...</summary>
public static class ConfigurationKeys
{
    /// <summary>Every value's key with the type of its value, without regard to case.</summary>
    public static IReadOnlyDictionary<string, Type> Values { get; } = Walk(typeof(FasterSegOptions), "", sections: false);

    /// <summary>Every section's key with its options type.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = Walk(typeof(FasterSegOptions), "", sections: true);

    /// <summary>The properties that are keys.</summary>
    internal static IEnumerable<PropertyInfo> PropertiesOf(Type options) => options.GetProperties().Where(property => property.CanWrite);

    /// <summary>Whether a key has keys of its own.</summary>
    internal static bool IsSection(PropertyInfo property) => property.PropertyType.IsClass && property.PropertyType != typeof(string);

    private static Dictionary<string, Type> Walk(Type options, string prefix, bool sections)
    {
        var keys = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in PropertiesOf(options))
        {
            string key = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            bool isSection = IsSection(property);
            if (isSection == sections)
                keys.Add(key, property.PropertyType);
            if (!isSection)
                continue;
            foreach ((string inner, Type type) in Walk(property.PropertyType, key + ":", sections))
                keys.Add(inner, type);
        }
        return keys;
    }
}
