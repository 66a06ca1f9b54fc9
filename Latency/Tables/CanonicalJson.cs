using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// The canonical form of JSON (RFC 8785): no white space, members sorted by their UTF-16 code units, numbers as
/// ECMAScript writes them. Two files with the same content have the same canonical form, so a hash over it survives
/// reformatting and notices every other change.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The canonical form, UTF-8.</summary>
    /// <param name="element">An element of a document parsed without duplicate members.</param>
    /// <param name="without">A member of the outermost object to leave out.</param>
    /// <exception cref="FormatException">A string is no valid Unicode or a number no finite double.</exception>
    public static byte[] Serialize(JsonElement element, string? without = null)
    {
        var text = new StringBuilder();
        Append(text, element, without);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A number as ECMAScript's Number::toString writes it: the shortest digits that read back the same.</summary>
    /// <exception cref="FormatException">The number is not finite.</exception>
    public static string FormatNumber(double number)
    {
        if (!double.IsFinite(number))
            throw new FormatException($"{number.ToString(CultureInfo.InvariantCulture)} is no number that JSON can hold");
        if (number == 0)
            return "0";
        string sign = number < 0 ? "-" : "";

        // .NET's shortest digits are the same; only where it puts the point and the exponent differs.
        string shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? shortest : shortest[..e];
        int exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        // The value is 0.DIGITS * 10^n.
        int n = (point < 0 ? mantissa.Length : point) - (all.Length - digits.Length) + exponent;
        digits = digits.TrimEnd('0');
        return sign + Place(digits, n);
    }

    private static string Place(string digits, int n)
    {
        if (n is > 0 and <= 21)
            return n >= digits.Length ? digits.PadRight(n, '0') : $"{digits[..n]}.{digits[n..]}";
        if (n is > -6 and <= 0)
            return $"0.{new string('0', -n)}{digits}";
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{n - 1:+0;-0}");
    }

    private static void Append(StringBuilder text, JsonElement element, string? without = null)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                AppendJoined(text, '{', Members(element, without), '}', member =>
                {
                    AppendString(text, member.Key);
                    text.Append(':');
                    Append(text, member.Value);
                });
                break;
            case JsonValueKind.Array:
                AppendJoined(text, '[', element.EnumerateArray(), ']', item => Append(text, item));
                break;
            case JsonValueKind.String:
                AppendString(text, Unescaped(element.GetString));
                break;
            case JsonValueKind.Number:
                text.Append(FormatNumber(element.GetDouble()));
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Members(JsonElement element, string? without) =>
        element
            .EnumerateObject()
            .Select(member => KeyValuePair.Create(Unescaped(() => member.Name), member.Value))
            .Where(member => without is null || member.Key != without)
            .OrderBy(member => member.Key, StringComparer.Ordinal);

    /// <summary>A string of the document. Half a surrogate pair is only noticed when the string is asked for.</summary>
    private static string Unescaped(Func<string?> read)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException failure)
        {
            throw new FormatException("a string is no valid Unicode", failure);
        }
    }

    private static void AppendJoined<T>(StringBuilder text, char open, IEnumerable<T> items, char close, Action<T> append)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            if (!first)
                text.Append(',');
            first = false;
            append(item);
        }
        text.Append(close);
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            text.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\b' => "\\b",
                    '\t' => "\\t",
                    '\n' => "\\n",
                    '\f' => "\\f",
                    '\r' => "\\r",
                    < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => c.ToString(),
                }
            );
        }
        text.Append('"');
    }
}
