using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Runs;

/// <summary>A network's latency, measured whole, beside what the table estimates for it. A run keeps one for each role, in
/// <c>measured.json</c>.</summary>
/// <param name="Role">Of the network.</param>
/// <param name="Network">The network in words, with its input size.</param>
/// <param name="EstimateMs">The sum of its parts in the table, corrected where that is, ms.</param>
/// <param name="MedianMs">Measured: the median of single runs, ms.</param>
/// <param name="ConfidenceLowMs">Lower end of the median's 95 % confidence interval, ms.</param>
/// <param name="ConfidenceHighMs">Its upper end, ms.</param>
/// <param name="Noisy">The time cap came before the interval was narrow enough.</param>
/// <param name="Measured">When, UTC.</param>
/// <param name="Identity">On what, and how.</param>
/// <param name="Difference">Why table and measurement are not comparable; null where they are.</param>
/// <param name="Drift">What some of the table's operators took right after it over what the table says, the median; null where that was not
/// looked at.</param>
/// <param name="PlainMs">The sum of its parts as they ran alone, ms, where the table is corrected; null where it is not.</param>
/// <param name="NoDrift">Why the drift was not found out, though table and measurement are comparable; null where it was, or nobody tried.
/// </param>
public sealed record MeasuredNetwork(
    Role Role,
    string Network,
    double EstimateMs,
    double MedianMs,
    double ConfidenceLowMs,
    double ConfidenceHighMs,
    bool Noisy,
    DateTimeOffset Measured,
    TableIdentity Identity,
    string? Difference,
    double? Drift = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? PlainMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NoDrift = null
)
{
    private const int LargestFile = 1 << 20;

    /// <summary>(estimate - measured) / measured.</summary>
    [JsonIgnore]
    public double Error => Agreement.Error(EstimateMs, MedianMs);

    /// <summary>The error of an estimate on the device as it was at the measurement; null where that was not looked at.</summary>
    [JsonIgnore]
    public double? ErrorWithoutDrift => Drift is { } drift ? Agreement.Error(EstimateMs * drift, MedianMs) : null;

    /// <summary>The measured latency alone.</summary>
    [JsonIgnore]
    public KeptLatency Latency => new(Identity.DeviceName, Identity.Provider, MedianMs, Identity.FramesPerSecond(MedianMs), Difference);

    /// <summary>Puts an estimate and a measurement of the same network side by side.</summary>
    /// <param name="plan">The network.</param>
    /// <param name="estimate">From the table.</param>
    /// <param name="table">The table.</param>
    /// <param name="measured">Of the exported network.</param>
    public static MeasuredNetwork Of(NetworkPlan plan, NetworkEstimate estimate, LatencyTable table, ModelMeasurement measured) =>
        new(
            plan.Architecture.Role,
            NameOf(plan),
            estimate.TotalMs,
            measured.MedianMs,
            measured.Spread.ConfidenceLowMs,
            measured.Spread.ConfidenceHighMs,
            measured.Noisy,
            DateTimeOffset.UtcNow,
            measured.Identity,
            table.Identity.DifferenceOfTargets(measured.Identity),
            PlainMs: table.Correction is null ? null : NetworkEstimate.Of(table.With(null), plan).TotalMs
        );

    /// <summary>A network in words, with its input size.</summary>
    public static string NameOf(NetworkPlan plan) => FormattableString.Invariant($"{plan.Architecture}, {plan.Height}x{plan.Width}");

    /// <summary>Keeps it in a run's folder, in place of an earlier one of its role.</summary>
    /// <exception cref="UserErrorException">The file cannot be written, or what is there is not one of these.</exception>
    public void Save(RunFolder run) =>
        RunJson.Save(run.Measured, Load(run).Where(other => other.Role != Role).Append(this).OrderBy(one => one.Role));

    /// <summary>Those of a run; none where nothing was measured.</summary>
    /// <exception cref="DamagedRunException">The file holds something else, or figures that cannot be.</exception>
    public static IReadOnlyList<MeasuredNetwork> Load(RunFolder run) =>
        File.Exists(run.Measured)
            ? RunFile.Read<MeasuredNetwork[]>(
                run.Measured,
                LargestFile,
                "does not hold measured networks",
                "remove it, and measure again",
                json => [.. RunFile.SomeEntries(json.Deserialize<MeasuredNetwork?[]>(RunJson.Options)).Select(one => one.Checked())]
            )
            : [];

    private MeasuredNetwork Checked()
    {
        RunFile.Latency(EstimateMs, "estimateMs");
        RunFile.Latency(MedianMs, "medianMs");
        RunFile.Latency(ConfidenceLowMs, "confidenceLowMs");
        RunFile.Latency(ConfidenceHighMs, "confidenceHighMs");
        RunFile.Latency(Drift ?? 1, "drift");
        RunFile.Latency(PlainMs ?? 1, "plainMs");
        return Identity.BatchSize > 0 ? this : throw new FormatException($"its batch has {Identity.BatchSize} images");
    }
}
