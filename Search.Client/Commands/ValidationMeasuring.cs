using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Client.Commands;

/// <summary>How a validation measures networks.</summary>
/// <param name="Config">A configuration whose section <c>measuring</c> counts; null goes by the table.</param>
/// <param name="Set">Overrides of that section.</param>
internal sealed record ValidationMeasuring(string? Config, string[] Set)
{
    private const string Section = "measuring:";

    /// <summary>Refuses overrides that would change nothing.</summary>
    /// <exception cref="UsageException">One is of another section.</exception>
    public void Check()
    {
        if (Set.FirstOrDefault(set => !set.StartsWith(Section, StringComparison.OrdinalIgnoreCase)) is { } foreign)
            throw new UsageException(
                $"--set {foreign} would change nothing here: the table says what is drawn, so only {Section}KEY=VALUE counts."
            );
    }

    /// <summary>As the configuration says, or else in the table's own way as far as it tells.</summary>
    /// <param name="table">What the table was measured on, and how.</param>
    public MeasuringOptions For(TableIdentity table)
    {
        string[] own = Config is not null
            ? []
            :
            [
                $"{Section}provider={table.Provider}",
                $"{Section}precision={table.Precision}",
                FormattableString.Invariant($"{Section}threads={table.Threads}"),
                FormattableString.Invariant($"{Section}batchSize={table.BatchSize}"),
            ];
        return ConfigurationLoader.Load(Config, [.. own, .. Set]).Measuring;
    }
}
