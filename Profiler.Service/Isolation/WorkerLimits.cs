using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>What a measurement may take before its worker is ended.</summary>
/// <param name="BuildSeconds">Time to load and build a model and run it once.</param>
/// <param name="MeasuringSeconds">
/// Time to measure it, beyond twice what the caps of warm-up and sampling allow and what its fewest runs take: a single run has no cap of
/// its own.
/// </param>
/// <param name="MemoryBytes">Resident memory of the worker process.</param>
public sealed record WorkerLimits(double BuildSeconds, double MeasuringSeconds, long MemoryBytes)
{
    /// <summary>Default of <see cref="BuildSeconds"/>, enough on a CPU.</summary>
    public const double DefaultBuildSeconds = 60;

    /// <summary>Time to build an engine with TensorRT, which tries every kernel that it has, twice over: the proof of the placement builds
    /// it too.</summary>
    public const double TensorRtBuildSeconds = 1200;

    /// <summary>Names of the options that set the limits.</summary>
    public const string BuildOption = "build-seconds",
        MeasuringOption = "measuring-seconds",
        MemoryOption = "worker-memory";

    // A session has at least a run of the warm-up and the fewest samples; each may take some times as long as the first run on a device
    // that others use too.
    private const int RunsOfASession = 1 + MedianInterval.FewestSamples,
        Patience = 4;

    /// <summary>The limits for an engine: as they are, but never less time than building with it takes, and its caches to write
    /// to.</summary>
    public WorkerLimits For(EngineChoice choice) =>
        choice.Provider == ExecutionProviders.TensorRt
            ? this with
            {
                BuildSeconds = Math.Max(BuildSeconds, TensorRtBuildSeconds),
                WritableFolders = [.. WritableFolders, choice.ResolveCachesFolder()],
            }
            : this;

    /// <summary>Most time to build the model that only asks whether the device is there, which every provider builds in seconds.</summary>
    public const double ProbeBuildSeconds = 120;

    /// <summary>The limits of <see cref="Jobs.DeviceProbe"/>: a device that hangs is not waited for as long as an engine may
    /// take.</summary>
    public WorkerLimits OfProbe => this with { BuildSeconds = Math.Min(BuildSeconds, ProbeBuildSeconds) };

    /// <summary>The longest that a worker may be kept from running, by a signal or with the whole service, before the measurement is given
    /// up and tried again later.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(10);

    /// <summary>Default of <see cref="MeasuringSeconds"/>.</summary>
    public const double DefaultMeasuringSeconds = 60;

    /// <summary>A minute each, and four fifths of the memory that this process may use.</summary>
    public static WorkerLimits Default { get; } =
        new(DefaultBuildSeconds, DefaultMeasuringSeconds, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4);

    /// <summary>Folders in which the worker may write, beside its own for temporary files; where the platform can keep it from
    /// others.</summary>
    public IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>Time to build.</summary>
    public TimeSpan Build => TimeSpan.FromSeconds(BuildSeconds);

    /// <summary>Time to compute the known numbers.</summary>
    public TimeSpan Checking => TimeSpan.FromSeconds(Math.Max(DefaultBuildSeconds, BuildSeconds));

    /// <summary>Time to measure one session with these settings, of a model of which nothing is known.</summary>
    public TimeSpan Measuring(MeasurementSettings settings) =>
        TimeSpan.FromSeconds(MeasuringSeconds + (2 * (settings.WarmupSeconds + settings.SessionSeconds)));

    /// <summary>Further time for a session of a model of which one run takes that long.</summary>
    public static TimeSpan ForRunsOf(TimeSpan run) => Patience * RunsOfASession * run;

    /// <summary>Which option raises a limit, as the end of a sentence; empty where none does.</summary>
    /// <param name="option">Its name; null for a limit that cannot be raised.</param>
    public static string Remedy(string? option) =>
        option is null
            ? ""
            : $" ({SettingNames.Option(option)} of fasterseg-profiler raises that limit; {SettingNames.Variable(option)} does "
                + "where fasterseg measures by itself)";
}
