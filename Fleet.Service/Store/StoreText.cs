using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>What the fleet's database keeps as text: things that are equal have equal texts.</summary>
internal static class StoreText
{
    private const int IdDigits = 12;

    // What follows from other settings is not spelled out: a later build may see it differently.
    private static readonly JsonSerializerOptions Plain = new() { IgnoreReadOnlyProperties = true };

    // Numbers come from devices, which may send some that are none.
    private static readonly JsonSerializerOptions Numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>A moment, UTC.</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The moment that <see cref="Of(DateTimeOffset)"/> wrote.</summary>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>An identity, or a pool's kind, which lacks some of one.</summary>
    public static string Of(TableIdentity identity) => JsonSerializer.Serialize(identity);

    /// <summary>Settings.</summary>
    public static string Of(MeasurementSettings settings) => JsonSerializer.Serialize(settings, Plain);

    /// <summary>A space, or null.</summary>
    public static string? Of(SearchSpace? space) => space is null ? null : LatencyTableJson.SerializeSpace(space);

    /// <summary>A state, kind or wish.</summary>
    public static string Of<T>(T name)
        where T : struct, Enum => name.ToString().ToLowerInvariant();

    /// <summary>The state, kind or wish of a name.</summary>
    public static T Named<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name, ignoreCase: true);

    /// <summary>The space that was written; null where none was.</summary>
    public static SearchSpace? Space(string? text, string where) => text is null ? null : LatencyTableJson.ParseSpace(text, where);

    /// <summary>A list or dictionary of numbers or texts.</summary>
    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Numbers);

    /// <summary>What was written as JSON.</summary>
    public static T Parse<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Numbers) ?? throw new JsonException("null is none of its facts");

    /// <summary>A text that people or devices wrote, without what PostgreSQL's texts cannot hold.</summary>
    public static string Clean(string text)
    {
        bool isSound = !text.Contains('\0');
        for (int i = 0; i < text.Length && isSound; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                isSound = false;
        }
        return isSound ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', ' ')));
    }

    /// <summary>Equal where all parts are: SHA-256, hexadecimal.</summary>
    public static string Likeness(params ReadOnlySpan<string?> parts) => Convert.ToHexStringLower(Hash(parts));

    /// <summary>Names something by what it is.</summary>
    public static string IdOf(string text) => Likeness(text)[..IdDigits];

    /// <summary>A lock's number for a likeness.</summary>
    public static long LockOf(string likeness) => BitConverter.ToInt64(Convert.FromHexString(likeness));

    /// <summary>Names something new.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N")[..IdDigits];

    private static byte[] Hash(ReadOnlySpan<string?> parts) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts.ToArray()));
}
