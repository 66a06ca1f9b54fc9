using FasterSeg.Latency;
using FasterSeg.Profiler.Client;

namespace FasterSeg.Profiler.Service.Joining;

/// <summary>Which fleet this device joins, and by which name.</summary>
public sealed record JoinOptions
{
    /// <summary>Name of the option of <see cref="Fleets"/>.</summary>
    public const string Option = "join";

    /// <summary>Name of the option of <see cref="Name"/>.</summary>
    public const string NameOption = "join-as";

    private const int LongestName = 63;

    /// <summary>The fleet's nodes, any of which takes the call; none joins no fleet.</summary>
    public IReadOnlyList<Uri> Fleets { get; init; } = [];

    /// <summary>Names the device in its fleet; null is the machine's name.</summary>
    public string? Name { get; init; }

    /// <summary>Reads e.g. <c>https://a:5250,https://b:5250</c>.</summary>
    /// <exception cref="FormatException">One is no URL; the message is the second half of a sentence.</exception>
    public static IReadOnlyList<Uri> ParseFleets(string text)
    {
        try
        {
            Uri[] fleets = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ProfilerChannel.ParseAddress)];
            return fleets.Distinct().Count() == fleets.Length ? fleets : throw new FormatException("the same address twice");
        }
        catch (UsageException)
        {
            throw new FormatException("not the address of a fleet: write it like https://fleet:5250, several with commas in between");
        }
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">It is none; the message is the second half of a sentence.</exception>
    public static string ParseName(string text) =>
        text.Length is > 0 and <= LongestName && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : throw new FormatException($"not a name for a device: use up to {LongestName} letters, digits, dots, - and _");

    /// <summary>What is wrong with these options together, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Name is not null && Fleets.Count == 0)
            yield return $"{SettingNames.Option(NameOption)} names this device in a fleet: say in which one with "
                + $"{SettingNames.Option(Option)}.";
    }
}
