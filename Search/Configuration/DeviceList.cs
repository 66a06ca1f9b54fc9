using System.Text.RegularExpressions;
using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Reads names of torch's devices with commas between them, such as <c>cuda:0,cuda:1</c>.</summary>
public static partial class DeviceList
{
    /// <summary>The word for the device that the command itself computes on.</summary>
    public const string Own = "search";

    /// <summary>The names in the order in which they are written; none where the text is <see cref="Own"/>.</summary>
    /// <exception cref="UsageException">A name is none of a device; the message quotes it.</exception>
    public static IReadOnlyList<string> Parse(string text) =>
        text == Own ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Name)];

    private static string Name(string name) =>
        Known().IsMatch(name)
            ? name
            : throw new UsageException(
                $"'{name}' is no device; write {Own}, or cpu, cuda or cuda:N with commas between them, like 'cuda:0,cuda:1'."
            );

    [GeneratedRegex("^(cpu|cuda(:[0-9]{1,3})?)$")]
    private static partial Regex Known();
}
