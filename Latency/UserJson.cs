using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FasterSeg.Latency;

/// <summary>JSON that a user hands over. What every reader of it needs: text that can be read as such, and faults in plain words.</summary>
public static partial class UserJson
{
    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <param name="expected">What should be in it, for messages.</param>
    /// <returns>UTF-8 without a byte order mark. Whether it is JSON is for its parser to say.</returns>
    /// <exception cref="UserErrorException">It cannot be read, is larger, or is no text; or a string in it is no valid Unicode.</exception>
    public static ReadOnlyMemory<byte> Read(string path, int largest, string expected = "JSON") =>
        Of(UserFile.Read(path, largest), path, expected);

    /// <summary>The same of a file's content.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <param name="expected">What should be in it, for messages.</param>
    /// <exception cref="UserErrorException">It is no text, or a string in it is no valid Unicode.</exception>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> bytes, string where, string expected = "JSON")
    {
        ReadOnlyMemory<byte> text = UserText.Of(bytes, where, expected);
        RequireWholeCharacters(text.Span, where);
        return text;
    }

    /// <summary>What a parser says is wrong, as a person would say it: line and column, and no names of this program's types.</summary>
    /// <param name="fault">What a parser said.</param>
    /// <param name="hasPlace">Whether its line and column are those of the file.</param>
    public static string Plain(Exception fault, bool hasPlace = true)
    {
        if (fault is InvalidOperationException && fault.Message.Contains("requires an element of type", StringComparison.Ordinal))
            return "something in it is of another kind than belongs there";
        if (fault is not JsonException json)
            return fault.Message.TrimEnd('.');
        string what = Place()
            .Replace(json.Message, "")
            .Replace(", when isFinalBlock is true", "", StringComparison.Ordinal)
            .TrimEnd('.', ' ');
        string[] names = [.. Quoted().Matches(what).Select(match => match.Value)];
        if (what.StartsWith("The input does not contain any JSON tokens", StringComparison.Ordinal))
            return "it is empty";
        if (what.StartsWith("Expected depth to be zero", StringComparison.Ordinal))
            what = "it ends in the middle";
        if (what.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            what = $"{Member(json)} is of another kind than belongs there";
        else if (what.StartsWith("JSON deserialization for type", StringComparison.Ordinal))
            what = $"{string.Join(", ", names.Skip(1))} {(names.Length == 2 ? "is" : "are")} missing";
        else if (what.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            what = $"{names[0]} is unknown here";
        else if (what.StartsWith("Duplicate propert", StringComparison.Ordinal))
            what = $"{names.FirstOrDefault(Member(json))} is there twice";
        else if (
            what.Contains("doesn't allow null values", StringComparison.Ordinal)
            || what.Contains("doesn't allow setting null values", StringComparison.Ordinal)
        )
            what = $"{Member(json)} is null";
        // Counted from 0.
        return hasPlace && json.LineNumber is { } line && json.BytePositionInLine is { } column
            ? string.Create(CultureInfo.InvariantCulture, $"{what}, in line {line + 1}, column {column + 1}")
            : what;
    }

    private static string Member(JsonException fault) =>
        fault.Path is { Length: > 2 } path ? $"'{path[(path[1] == '.' ? 2 : 1)..]}'" : "it";

    /// <summary>
    /// Refuses half a surrogate pair, such as <c>\ud800</c>, which JSON's grammar lets pass and every string that is asked for fails at.
    /// Other faults are left to the parser, which knows what its format allows.
    /// </summary>
    private static void RequireWholeCharacters(ReadOnlySpan<byte> text, string where)
    {
        var reader = new Utf8JsonReader(text, Lenient);
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    _ = reader.GetString();
            }
        }
        catch (JsonException) { }
        catch (InvalidOperationException fault)
        {
            int line = text[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{where}: a string in line {line} has half of a surrogate pair (such as \\ud800), which is no character: "
                        + $"write the character itself, or both halves."
                ),
                fault
            );
        }
    }

    [GeneratedRegex(@"( Path: .*? \|)? ?LineNumber: \d+ \| BytePositionInLine: \d+\.?")]
    private static partial Regex Place();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Quoted();
}
