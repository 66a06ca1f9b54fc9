using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The time that a worker takes over a request. Each stage has a limit of its own, and so has the whole, whatever the worker says of its
/// stages. Safe for use by several threads.
/// </summary>
public sealed class StageClock
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly WorkerLimits limits;
    private readonly TimeSpan measuring, whole;
    private readonly TimeProvider time;
    private readonly long start;
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
        // Behind the sessions comes the proof of the placement.
        whole = StartLimit + (sessions * (limits.Build + measuring)) + limits.Build;
        start = this.time.GetTimestamp();
        present = new(first, start);
    }

    /// <summary>A stage begins.</summary>
    /// <param name="stage">The stage.</param>
    public void Begin(Stage stage) => present = new(stage, time.GetTimestamp());

    /// <summary>Which limit was passed, as a part of a sentence: <c>took longer than 60 s to build the model</c>; null where none was.</summary>
    public string? Excess()
    {
        Begun now = present;
        (TimeSpan most, string doing) = now.Stage switch
        {
            Stage.Building => (limits.Build, "build the model"),
            Stage.Measuring => (measuring, "measure the model"),
            Stage.Placing => (limits.Build, "find out where the model's nodes run"),
            _ => (StartLimit, "start"),
        };
        if (time.GetElapsedTime(now.At) > most) return FormattableString.Invariant($"took longer than {most.TotalSeconds:0.#} s to {doing}");
        return time.GetElapsedTime(start) > whole ? FormattableString.Invariant($"took longer than {whole.TotalSeconds:0.#} s in all") : null;
    }

    private sealed record Begun(Stage Stage, long At);
}
