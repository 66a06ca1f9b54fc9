using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.OneShot;

/// <summary>Scores that a run keeps in a file, one a line, so that a search that was interrupted does not compute them again.</summary>
public sealed class KnownScores
{
    private readonly string path;
    private readonly Func<DerivedArchitecture, NetworkScore> score;
    private readonly string origin;
    private readonly Dictionary<string, NetworkScore> known = [];

    private sealed record Line(
        string Network,
        double Loss,
        double MeanIou,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PartScore>? Parts = null,
        string? Of = null
    );

    // A network that diverged has an infinite loss.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Reads what is there; a line that was not written whole, or is no score, is left out, and one of another
    /// origin, too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="score">Scores a network that is not known yet.</param>
    /// <param name="origin">What scores are made of (<see cref="ScoreOrigin"/>): those of two origins cannot be compared.</param>
    public KnownScores(string path, Func<DerivedArchitecture, NetworkScore> score, string origin)
    {
        (this.path, this.score, this.origin) = (path, score, origin);
        foreach (string text in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (Parse(text) is { } line && line.Of == origin)
                known[line.Network] = new(line.Loss, line.MeanIou) { Parts = line.Parts };
        }
    }

    /// <summary>The score of a network.</summary>
    /// <exception cref="IOException">It cannot be kept, for example on a full disk; asked again, it is not computed again.</exception>
    public NetworkScore Of(DerivedArchitecture network)
    {
        string name = NameOf(network);
        if (known.TryGetValue(name, out NetworkScore before))
            return before;
        NetworkScore found = known[name] = score(network);
        FileFence.Pass();
        // The end of a line that was cut off must not run into this one.
        File.AppendAllText(
            path,
            "\n" + JsonSerializer.Serialize(new Line(name, found.Loss, found.MeanIou, found.Parts, origin), Json) + "\n"
        );
        return found;
    }

    /// <summary>Whether a network's score is there already.</summary>
    public bool Has(DerivedArchitecture network) => known.ContainsKey(NameOf(network));

    /// <summary>The networks that have a score, as students: their scores are another device's, too.</summary>
    /// <param name="space">Whose students they are; what is no network of it is left out.</param>
    public IReadOnlyList<DerivedArchitecture> Students(SearchSpace space) =>
        [.. known.Keys.Select(name => Read(name, space)).OfType<DerivedArchitecture>()];

    private static DerivedArchitecture? Read(string name, SearchSpace space)
    {
        try
        {
            BranchArchitecture[] branches =
            [
                .. name.Split(' ')
                    .Select(branch => branch.Split('/'))
                    .Select(parts => new BranchArchitecture(
                        [.. parts[0].Split(',').Select(kind => (OperatorKind)int.Parse(kind, CultureInfo.InvariantCulture))],
                        [.. parts[1].Split(',').Select(level => int.Parse(level, CultureInfo.InvariantCulture))],
                        [.. parts[2].Split(',').Select(width => double.Parse(width, CultureInfo.InvariantCulture))]
                    )),
            ];
            var read = new DerivedArchitecture(
                Role.Student,
                space.Fch,
                space.Classes,
                space.StemRatio(Role.Student),
                space.HeadRatio(Role.Student),
                branches[0],
                branches[1]
            );
            return NameOf(read) == name ? read.Validated() : null;
        }
        catch (Exception fault) when (fault is FormatException or IndexOutOfRangeException or OverflowException or UserErrorException)
        {
            return null;
        }
    }

    private static string NameOf(DerivedArchitecture network) =>
        string.Join(
            " ",
            network.Branches.Select(branch =>
                FormattableString.Invariant(
                    $"{string.Join(",", branch.Operators.Select(kind => (int)kind))}/{string.Join(",", branch.Path)}/"
                ) + string.Join(",", branch.Widths.Select(width => width.ToString("R", null)))
            )
        );

    private static Line? Parse(string text)
    {
        try
        {
            Line? line = text.Length == 0 ? null : JsonSerializer.Deserialize<Line>(text, Json);
            return
                line is { Network: not null, MeanIou: >= 0 and <= 1 }
                && !double.IsNaN(line.Loss)
                && (line.Parts is null || (line.Parts.Count > 0 && line.Parts.All(part => part is not null && !double.IsNaN(part.Loss))))
                ? line
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
