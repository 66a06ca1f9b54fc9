using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Ranking;

/// <summary>What a supernet makes of the networks.</summary>
/// <param name="Supernet">What was trained, and how: the key by which scores are averaged.</param>
/// <param name="Seed">Of the supernet.</param>
/// <param name="TrainingSeconds">Processor time of its training.</param>
/// <param name="ScoringSeconds">Processor time of the scores.</param>
/// <param name="Losses">By the networks' names.</param>
/// <param name="MeanIous">By the networks' names.</param>
/// <param name="Processor">On which it ran.</param>
internal sealed record SupernetScores(
    string Supernet,
    int Seed,
    double TrainingSeconds,
    double ScoringSeconds,
    IReadOnlyDictionary<string, double> Losses,
    IReadOnlyDictionary<string, double> MeanIous,
    string Processor = ""
)
{
    /// <summary>What it took, in full trainings of the same processor; null where there is none to compare with.</summary>
    /// <param name="file">The trainings.</param>
    /// <param name="steps">Of a full one.</param>
    public double? Trainings(RankingFile file, int steps)
    {
        double[] seconds =
        [
            .. file.Truths.Where(one => one.Steps == steps && one.Processor == Processor).Select(one => one.Seconds).Order(),
        ];
        return seconds.Length == 0 ? null : (TrainingSeconds + ScoringSeconds) / seconds[seconds.Length / 2];
    }

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>All supernets of a file, one a line; none where there is no file.</summary>
    public static IReadOnlyList<SupernetScores> Load(string path) =>
        !File.Exists(path)
            ? []
            :
            [
                .. File.ReadLines(path)
                    .Where(line => line.Length > 0)
                    .Select(line => JsonSerializer.Deserialize<SupernetScores>(line, Options)!),
            ];

    /// <summary>Adds a supernet, or replaces it.</summary>
    public static void Add(string path, SupernetScores scores)
    {
        using FileStream turn = FileTurn.Of(path);
        AtomicFile.WriteAllText(
            path,
            string.Concat(
                Load(path)
                    .Where(other => (other.Supernet, other.Seed) != (scores.Supernet, scores.Seed))
                    .Append(scores)
                    .Select(each => JsonSerializer.Serialize(each, Options) + "\n")
            )
        );
    }
}
