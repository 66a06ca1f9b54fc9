using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The time that a worker takes over a request. Each stage has a limit of its own, and so has the whole, whatever the worker says of its
/// stages. A model of long runs gets time for the fewest of them. Safe for use by several threads.
/// </summary>
public sealed class StageClock
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly WorkerLimits limits;
    private readonly TimeSpan measuring;
    private readonly TimeProvider time;
    private readonly long start;
    private readonly Lock gate = new();
    private TimeSpan whole;
    private volatile Begun present;

    /// <summary>Starts the clock.</summary>
    /// <param name="limits">What building and measuring may take.</param>
    /// <param name="settings">How it is measured.</param>
    /// <param name="sessions">Most sessions of the request.</param>
    /// <param name="first">The stage that it begins with; unspecified for the start of the worker itself.</param>
    /// <param name="time">The clock; null is the system's.</param>
    public StageClock(WorkerLimits limits, MeasurementSettings settings, int sessions, Stage first, TimeProvider? time = null)
    {
        (this.limits, this.time) = (limits, time ?? TimeProvider.System);
        measuring = limits.Measuring(settings);
        // Before the sessions come the known numbers, behind them the proof of the placement.
        whole = StartLimit + limits.Checking + (sessions * (limits.Build + measuring)) + limits.Build;
        start = this.time.GetTimestamp();
        present = new(first, start, TimeSpan.Zero);
    }

    /// <summary>A stage begins.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="runMs">
    /// What one run of the model takes, as the worker says, ms; its limits grow with it. 0 where that is not known.
    /// </param>
    public void Begin(Stage stage, double runMs = 0)
    {
        Begun before = present;
        TimeSpan more = TimeSpan.Zero;
        if (stage == Stage.Measuring && runMs > 0)
        {
            // A run was part of the building: whoever says that it took longer is not to be believed.
            more = WorkerLimits.ForRunsOf(TimeSpan.FromMilliseconds(Math.Min(runMs, time.GetElapsedTime(before.At).TotalMilliseconds)));
            lock (gate)
                whole += more;
        }
        present = new(stage, time.GetTimestamp(), more);
    }

    /// <summary>Which limit was passed, and the option that raises it; null where none was.</summary>
    public TimeExcess? Excess()
    {
        Begun now = present;
        (TimeSpan most, string doing, string? option) = now.Stage switch
        {
            Stage.Building => (limits.Build, "build the model", WorkerLimits.BuildOption),
            Stage.Measuring => (measuring + now.More, "measure the model", WorkerLimits.MeasuringOption),
            Stage.Placing => (limits.Build, "find out where the model's nodes run", WorkerLimits.BuildOption),
            Stage.Checking => (limits.Checking, "compute the known numbers", WorkerLimits.BuildOption),
            _ => (StartLimit, "start", (string?)null),
        };
        if (time.GetElapsedTime(now.At) > most)
            return new(FormattableString.Invariant($"took longer than {most.TotalSeconds:0.#} s to {doing}"), option);
        TimeSpan all;
        lock (gate)
            all = whole;
        return time.GetElapsedTime(start) > all
            ? new(FormattableString.Invariant($"took longer than {all.TotalSeconds:0.#} s in all"), WorkerLimits.MeasuringOption)
            : null;
    }

    private sealed record Begun(Stage Stage, long At, TimeSpan More);
}
