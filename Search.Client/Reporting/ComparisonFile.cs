using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Writes a comparison for other programs: the whole of it as JSON, or its networks as CSV.</summary>
public static class ComparisonFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Passes a file's name that says what to write.</summary>
    /// <exception cref="UsageException">It ends in neither .json nor .csv.</exception>
    public static void CheckName(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".json" or ".csv"))
            throw new UsageException($"'{path}' ends in neither .json nor .csv: name a file that says what to write with --out.");
    }

    /// <summary>Writes the file; it appears whole or not at all. Latencies are in ms, shares 0 to 1.</summary>
    public static void Save(RunComparison comparison, string path)
    {
        CheckName(path);
        AtomicFile.WriteAllText(
            path,
            Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? Csv(comparison) : Document(comparison)
        );
    }

    private static string Document(RunComparison comparison) =>
        JsonSerializer.Serialize(
            new
            {
                Format = 1,
                Networks = Rows(comparison),
                Seeds = comparison.Groups.Select(group => new
                {
                    Role = group.Role.Name(),
                    Runs = group.Networks.Select(network => network.Run.Path),
                    group.EstimateMs,
                    group.MeasuredMs,
                    group.SupernetMeanIou,
                    group.TrainedMeanIou,
                }),
                Differences = comparison.Differences.Select(difference => new
                {
                    difference.Key,
                    Values = difference.Values.Select(value => new { value.Value, value.Runs }),
                }),
                comparison.Notes,
                Recommended = comparison.Recommendations.Select(recommendation => new
                {
                    Run = recommendation.Network?.Run.Path,
                    recommendation.Sentence,
                }),
            },
            Json
        ) + "\n";

    private static string Csv(RunComparison comparison)
    {
        var text = new StringBuilder();
        System.Reflection.PropertyInfo[] columns = typeof(ComparedRow).GetProperties();
        text.AppendJoin(',', columns.Select(column => JsonNamingPolicy.SnakeCaseLower.ConvertName(column.Name))).Append('\n');
        foreach (ComparedRow row in Rows(comparison))
            text.AppendJoin(',', columns.Select(column => Quoted(Text(column.GetValue(row))))).Append('\n');
        return text.ToString();
    }

    private static string Text(object? value) =>
        value is bool known ? (known ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\n\r") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static IEnumerable<ComparedRow> Rows(RunComparison comparison) =>
        comparison.Sets.SelectMany(set =>
            set.Networks.Select(network =>
            {
                ComparedRun run = network.Run;
                bool student = network.Role == Role.Student;
                NetworkCost cost = network.Cost;
                return new ComparedRow(
                    run.Path,
                    network.Role.Name(),
                    network.Architecture.Pair,
                    run.IsRandom,
                    run.Seed,
                    run.Device.DeviceName,
                    run.Device.Provider,
                    run.Options.Space.Height,
                    run.Options.Space.Width,
                    run.Options.Space.Classes,
                    cost.MultiplyAdds,
                    cost.Parameters,
                    cost.ActivationBytes,
                    student ? run.Target.LowMs : null,
                    student ? run.Target.HighMs : null,
                    set.PlaceOf(network)?.ToString().ToLowerInvariant(),
                    network.EstimateMs,
                    run.Device.FramesPerSecond(network.EstimateMs),
                    network.Measured?.MedianMs,
                    network.SupernetMeanIou,
                    network.TrainedMeanIou,
                    network.Evaluation?.Data,
                    ComparisonReport.Letter(comparison, set),
                    set.ByMeasurement ? "measured" : "estimate",
                    set.Accuracy.ToString().ToLowerInvariant(),
                    set.IsOnFront(network)
                );
            })
        );

    private sealed record ComparedRow(
        string Run,
        string Role,
        string Branches,
        bool Random,
        int Seed,
        string Device,
        string Provider,
        int Height,
        int Width,
        int Classes,
        double MultiplyAdds,
        long Parameters,
        long ActivationBytes,
        double? TargetLowMs,
        double? TargetHighMs,
        string? Band,
        double EstimateMs,
        double EstimateFramesPerSecond,
        double? MeasuredMs,
        double? SupernetMeanIou,
        double? TrainedMeanIou,
        string? EvaluatedOn,
        string Set,
        string LatencyBasis,
        string AccuracyBasis,
        bool OnFront
    );
}
