using System.Globalization;
using FasterSeg.Latency;
using Microsoft.Extensions.Configuration;

namespace FasterSeg.Search.Configuration;

/// <summary>Checks that a configuration has known keys only and that each value reads as its key's type.</summary>
internal static class ConfigurationSyntax
{
    private const string SchemaKey = "$schema";

    /// <summary>The sentences that say what is wrong; empty where nothing is.</summary>
    /// <param name="configuration">What was read.</param>
    /// <param name="source">Where it was read from: a file, or the option's name.</param>
    public static IEnumerable<string> Check(IConfiguration configuration, string source)
    {
        // Names a schema, for editors.
        foreach (IConfigurationSection section in configuration.GetChildren().Where(section => section.Path != SchemaKey))
        {
            foreach (string fault in CheckSection(section, source))
                yield return fault;
        }
    }

    private static IEnumerable<string> CheckSection(IConfigurationSection section, string source)
    {
        bool hasChildren = section.GetChildren().Any();
        if (ConfigurationKeys.Values.TryGetValue(section.Path, out Type? type))
        {
            if (hasChildren)
                return [$"{section.Path} in {source} is a list or a section; it takes a single value{Example(type)}."];
            string? fault = Unreadable(section.Value, type);
            return fault is null ? [] : [$"{section.Path} in {source} is '{section.Value}', {fault}."];
        }
        if (ConfigurationKeys.Sections.ContainsKey(section.Path))
        {
            return string.IsNullOrEmpty(section.Value)
                ? Check(section, source)
                : [$"{section.Path} in {source} is a section; it takes keys, not the value '{section.Value}'."];
        }
        // An unknown section is one fault, not one for each key below it.
        IEnumerable<string> known = hasChildren ? ConfigurationKeys.Sections.Keys : ConfigurationKeys.Values.Keys;
        return [$"Unknown key '{section.Path}' in {source}; did you mean '{NearestWord.Find(section.Path, known)}'?"];
    }

    private static string? Unreadable(string? value, Type type)
    {
        const NumberStyles style = NumberStyles.Float;
        CultureInfo culture = CultureInfo.InvariantCulture;
        // What may be left out is written like what may not.
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(int))
            return int.TryParse(value, NumberStyles.AllowLeadingSign, culture, out _) ? null : "not a whole number";
        if (type == typeof(double))
            return double.TryParse(value, style, culture, out double number) && double.IsFinite(number) ? null : "not a number";
        if (type == typeof(bool))
            return bool.TryParse(value, out _) ? null : "not true or false";
        // The binder would take a number, or a word in capitals.
        if (type.IsEnum)
            return ConfigurationWords.All(type).Contains(value, StringComparer.Ordinal)
                ? null
                : $"not one of {string.Join(", ", ConfigurationWords.All(type))}";
        return string.IsNullOrWhiteSpace(value) ? "which is empty" : null;
    }

    private static string Example(Type type) => type == typeof(string) ? ", a text such as \"8/12\" or \"0.75, 1, 1.25\"" : "";
}
