using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Turns a request's measurement options into settings: fills in the defaults, refuses what is not offered here.</summary>
/// <param name="offer">What is offered.</param>
public sealed class OptionsReader(MeasuringOffer offer)
{
    private const int MostImages = 256;
    private const int MostMinimumSamples = 10_000;
    private const int MostSessions = 99;
    private const double LargestHalfWidth = 0.5;
    private const double LongestSeconds = 600;

    /// <summary>A reader of what an engine offers.</summary>
    public OptionsReader(IEngine engine)
        : this(MeasuringOffer.Of(engine)) { }

    /// <summary>Reads options and notes every fault.</summary>
    /// <param name="options">The options; null means all defaults.</param>
    /// <param name="field">Path of the options in the request.</param>
    /// <param name="defaultSeconds">Time cap where the options don't say.</param>
    /// <param name="faults">Where faults are noted; the result is of use only if there is none.</param>
    public MeasurementSettings Read(Proto.MeasurementOptions? options, string field, double defaultSeconds, RequestFaults faults)
    {
        options ??= new();
        CheckOffered("execution provider", $"{field}.provider", ContractNames.Asked(options.Provider), offer.Provider, faults);
        CheckOffered("precision", $"{field}.precision", ContractNames.Asked(options.Precision), offer.Precision, faults);

        int cores = offer.LogicalCores;
        if (options.Threads < 0 || options.Threads > cores)
            faults.Add(
                $"{field}.threads",
                $"{options.Threads} threads: {offer.DeviceName} has {cores} logical cores here; use 1 to {cores}, or 0 for the default."
            );
        if (options.BatchSize is < 0 or > MostImages)
            faults.Add(
                $"{field}.batch_size",
                $"A batch of {options.BatchSize} images is out of range: use 1 to {MostImages}, or 0 for the default."
            );
        if (!(options.RelativeHalfWidth is >= 0 and <= LargestHalfWidth))
            faults.Add(
                $"{field}.relative_half_width",
                FormattableString.Invariant($"The relative half-width {options.RelativeHalfWidth} is out of range: use a ")
                    + FormattableString.Invariant($"share up to {LargestHalfWidth}, or 0 for the default.")
            );
        if (options.MinimumSamples != 0 && options.MinimumSamples is < MedianInterval.FewestSamples or > MostMinimumSamples)
            faults.Add(
                $"{field}.minimum_samples",
                $"{options.MinimumSamples} samples at least is out of range: use {MedianInterval.FewestSamples} to "
                    + $"{MostMinimumSamples}, or 0 for the default."
            );
        if (!(options.MaximumSeconds is >= 0 and <= LongestSeconds))
            faults.Add(
                $"{field}.maximum_seconds",
                FormattableString.Invariant(
                    $"The time cap of {options.MaximumSeconds} s is out of range: use up to {LongestSeconds} s, or 0 for the default."
                )
            );

        if (options.Sessions is < 0 or > MostSessions)
            faults.Add(
                $"{field}.sessions",
                $"{options.Sessions} sessions are out of range: use 1 to {MostSessions}, or 0 for the default."
            );

        if (options.ColdCaches && !offer.HasColdCaches)
            faults.Add(
                $"{field}.cold_caches",
                $"The caches of {offer.DeviceName} cannot be emptied by {offer.Provider} here: measure with hot ones."
            );

        return new MeasurementSettings
        {
            Threads = Given(options.Threads, offer.DefaultThreads),
            BatchSize = Given(options.BatchSize, 1),
            RelativeHalfWidth = Given(options.RelativeHalfWidth, MeasurementSettings.DefaultRelativeHalfWidth),
            MinimumSamples = Given(options.MinimumSamples, MeasurementSettings.DefaultMinimumSamples),
            MaximumSeconds = Given(options.MaximumSeconds, defaultSeconds),
            Sessions = Given(options.Sessions, MeasurementSettings.DefaultSessions),
            ColdCaches = options.ColdCaches,
            Seed = options.Seed,
        };
    }

    private void CheckOffered(string what, string field, string? asked, string offered, RequestFaults faults)
    {
        if (asked is null || asked == offered)
            return;
        faults.Add(
            field,
            $"The {what} '{asked}' is missing here: {offer.Who} measures on {offer.DeviceName} with {offer.Provider} in "
                + $"{offer.Precision}. Ask for '{offered}', or ask one that has '{asked}'."
        );
    }

    private static T Given<T>(T value, T fallback)
        where T : struct => value.Equals(default(T)) ? fallback : value;
}
