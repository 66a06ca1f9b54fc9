using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>What is known of tables beside their numbers: how far the device has drifted from one version to the next, what whole networks
/// have shown at the end of its job, and how well a table predicts others, where <c>*.validation.json</c> in the store's folder says
/// so. Each is found once.</summary>
/// <param name="tables">The store.</param>
/// <param name="folder">The store's folder.</param>
public sealed class TableFindings(TableStore tables, string folder)
{
    private const int LargestValidation = 64 << 20;

    private readonly ConcurrentDictionary<(string, string), string?> drifts = [];
    private readonly ConcurrentDictionary<string, string?> networks = [];
    private readonly ConcurrentDictionary<(string Path, DateTime Written), (string Hash, string Sentence)?> validations = [];

    /// <summary>How a table differs from the version before it, in words; null where there is none before.</summary>
    /// <param name="table">The table.</param>
    /// <param name="all">All that are listed, the newest first.</param>
    public string? Drift(TableHeader table, IReadOnlyList<TableHeader> all)
    {
        TableHeader? before = all.SkipWhile(other => other.Id != table.Id)
            .Skip(1)
            .FirstOrDefault(other =>
                Equals(other.Space, table.Space) && other.Identity == table.Identity && other.IsMeasured == table.IsMeasured
            );
        return before is null ? null : drifts.GetOrAdd((table.Id, before.Id), _ => Compare(before.Id, table.Id));
    }

    /// <summary>What whole networks have shown of a table, in words: its correction, or how far its sums are off, and between which
    /// latencies they lie; null where none were measured with it.</summary>
    /// <param name="table">The table.</param>
    public string? Networks(TableHeader table) =>
        networks.GetOrAdd(table.Id, id => tables.Find(id) is { } stored ? Networks(stored.Table) : null);

    /// <inheritdoc cref="Networks(TableHeader)"/>
    internal static string? Networks(LatencyTable table)
    {
        string range = TrustedLatencies.Of(table) is { } trusted
            ? FormattableString.Invariant($"; networks of {trusted.LowMs:0.###} to {trusted.HighMs:0.###} ms")
            : "";
        if (table.Correction is { } correction)
            return FormattableString.Invariant($"corrected by {correction.Networks}, off by {100 * correction.Deviation:F2} % on others")
                + range;
        return NetworksDeviation.Of(table) is { } plain
                ? FormattableString.Invariant(
                    $"not corrected, sums off by {100 * plain.Bias:+0.00;-0.00} %, scatter {100 * plain.Scatter:F2} %"
                ) + range
            : table.Environment.GetValueOrDefault(LatencyTable.NetworksFact) is { } fact ? fact + range
            : null;
    }

    /// <summary>What the validations that are there came to, in words, by the hashes of their tables.</summary>
    public IReadOnlyDictionary<string, string> Validations() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*.validation.json")
                .Select(path => validations.GetOrAdd((path, File.GetLastWriteTimeUtc(path)), file => ReadValidation(file.Path)))
                .Where(found => found is not null)
                .DistinctBy(found => found!.Value.Hash)
                .ToDictionary(found => found!.Value.Hash, found => found!.Value.Sentence)
            : new Dictionary<string, string>();

    private string? Compare(string before, string now)
    {
        if (tables.Find(before) is not { } first || tables.Find(now) is not { } second)
            return null;
        try
        {
            var comparison = TableComparison.Of(first.Table, second.Table);
            // A refresh measures a share: what it left alone says nothing of the device.
            ComparedEntry[] changed = [.. comparison.Entries.Where(entry => entry.First.MedianMs != entry.Second.MedianMs)];
            return changed.Length == 0
                ? $"as {before}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TableComparison.MedianRatio(changed):F3} x {before} ({changed.Length} operators, median)"
                );
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private static (string, string)? ReadValidation(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(UserJson.Read(path, LargestValidation));
            JsonElement root = document.RootElement;
            string hash = root.GetProperty("table_sha256").GetString() ?? "";
            JsonElement reporting = root.GetProperty("results").GetProperty("estimates")[0].GetProperty("reporting");
            return (
                hash,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reporting.GetProperty("networks").GetInt32()} networks: MAPE {100 * Value(reporting, "mape"):F2} %, bias "
                        + $"{100 * Value(reporting, "bias"):+0.00;-0.00} %, {100 * Value(reporting, "within5"):F0} % within 5 %"
                )
            );
        }
        catch (Exception fault)
            when (fault
                    is UserErrorException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or IndexOutOfRangeException
            )
        {
            // Not finished, or of another kind.
            return null;
        }
    }

    private static double Value(JsonElement reporting, string name) => reporting.GetProperty(name).GetProperty("value").GetDouble();
}
