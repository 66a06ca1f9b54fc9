using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Search.Export;

/// <summary>Reads the values of a file's metadata, and says what is wrong with one.</summary>
/// <param name="metadata">The metadata.</param>
/// <param name="path">The file, for messages.</param>
internal sealed class MetadataReader(IReadOnlyDictionary<string, string> metadata, string path)
{
    /// <summary>The text of a key that must be there.</summary>
    /// <exception cref="UserErrorException">It is not.</exception>
    public string Text(string key) =>
        metadata.TryGetValue(key, out string? text)
            ? text
            : throw new UserErrorException($"{path} does not say its {key} in its metadata: export it again with this version.");

    /// <summary>The text of a key; null where it is missing.</summary>
    public string? TextIfSaid(string key) => metadata.GetValueOrDefault(key);

    /// <summary>A value that this version cannot go by.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="wanted">What this version can go by.</param>
    public UserErrorException Fault(string key, string wanted) =>
        new(
            $"{path} says '{Text(key)}' for {key} in its metadata, and this version knows {wanted} there: export it again, or use the "
                + "version that wrote it."
        );

    /// <summary>A value that is one of some words.</summary>
    /// <exception cref="UserErrorException">It is missing, or another one.</exception>
    public T Word<T>(string key, params (string Name, T Value)[] known)
    {
        string text = Text(key);
        foreach ((string name, T value) in known)
        {
            if (text == name)
                return value;
        }
        throw Fault(key, string.Join(" or ", known.Select(each => each.Name)));
    }

    /// <summary>The same of a key that may be missing; null then.</summary>
    public T? WordIfSaid<T>(string key, params (string Name, T Value)[] known)
        where T : struct => metadata.ContainsKey(key) ? Word(key, known) : null;

    /// <summary>A number that fulfils something.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="allowed">What it must fulfil; it is finite.</param>
    /// <param name="wanted">The same in words.</param>
    /// <exception cref="UserErrorException">It is missing, or no such number.</exception>
    public double Number(string key, Predicate<double> allowed, string wanted) =>
        double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
        && allowed(number)
            ? number
            : throw Fault(key, wanted);

    /// <summary>A list of so many numbers that fulfil something, as JSON.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="count">How many.</param>
    /// <param name="allowed">What each must fulfil; all are finite.</param>
    /// <param name="wanted">The same in words.</param>
    /// <exception cref="UserErrorException">It is missing, or no such list.</exception>
    public float[] Numbers(string key, int count, Predicate<float> allowed, string wanted)
    {
        try
        {
            float[]? values = JsonSerializer.Deserialize<float[]>(Text(key));
            return values is not null && values.Length == count && values.All(value => float.IsFinite(value) && allowed(value))
                ? values
                : throw new JsonException();
        }
        catch (JsonException)
        {
            throw Fault(key, wanted);
        }
    }
}
