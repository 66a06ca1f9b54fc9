using System.Globalization;
using System.Text;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Client.Reporting.Pictures;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Writes a comparison: for other programs the whole of it as JSON, or its networks as CSV; for people a page, or the picture of
/// latency and mIoU alone.</summary>
public static class ComparisonFile
{
    // 2: names in camelCase.
    private const int Format = 2;

    private static readonly string[] Kinds = [".json", ".csv", ".html", ".png"];

    /// <summary>Passes a file's name that says what to write.</summary>
    /// <exception cref="UsageException">It ends in none of .json, .csv, .html and .png.</exception>
    public static void CheckName(string path)
    {
        if (!Kinds.Contains(KindOf(path)))
            throw new UsageException(
                $"'{path}' ends in none of {string.Join(", ", Kinds)}: name a file that says what to write with --out."
            );
    }

    /// <summary>Writes the file; it appears whole or not at all. Latencies are in ms, shares 0 to 1.</summary>
    /// <exception cref="UserErrorException">It cannot be written, or there is no network to draw.</exception>
    public static void Save(RunComparison comparison, string path)
    {
        CheckName(path);
        switch (KindOf(path))
        {
            case ".csv":
                AtomicFile.WriteAllText(path, Csv(comparison));
                break;
            case ".html":
                ComparisonPage.Save(comparison, path);
                break;
            case ".png":
                ImageFile.WritePng(path, Picture(comparison));
                break;
            default:
                AtomicFile.WriteAllText(path, ConsoleJson.Text(Document(comparison)) + "\n");
                break;
        }
    }

    private static string KindOf(string path) => Path.GetExtension(path).ToLowerInvariant();

    /// <summary>Of the set that most networks are in; students before teachers.</summary>
    private static RgbImage Picture(RunComparison comparison)
    {
        ComparedSet? largest = comparison
            .Sets.Where(ParetoPicture.Has)
            .OrderByDescending(set => set.Networks[0].Role == Role.Student)
            .ThenByDescending(set => set.Networks.Count)
            .FirstOrDefault();
        if (largest is null)
            throw new UserErrorException(
                "No mIoU of these networks is known, so there is nothing to draw: evaluate them with 'fasterseg eval'."
            );
        return ParetoPicture.Draw(largest, ComparisonReport.NameOf(comparison, largest));
    }

    /// <summary>All of it, for JSON.</summary>
    internal static object Document(RunComparison comparison) =>
        new
        {
            Format,
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
            comparison.Settings,
            Recommended = comparison.Recommendations.Select(recommendation => new
            {
                Run = recommendation.Network?.Run.Path,
                recommendation.Sentence,
            }),
        };

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
