using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Measures single operators as a table's are measured, session by session, where there is no table to interleave them with. Each
/// session is a piece of work of its own, so that other clients get their turn in between.
/// </summary>
public sealed class OperatorSessions(DeviceWorker device, IOperatorMeasurer measurer)
{
    /// <summary>All sessions that the operator needs.</summary>
    /// <param name="client">Whose turn the sessions take.</param>
    /// <param name="spec">The operator.</param>
    /// <param name="settings">How to measure.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="patiently">Whether a lost device is waited for (<see cref="DeviceWorker.RunPatientlyAsync"/>).</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<OperatorSession>> MeasureAsync(
        string client,
        OperatorSpec spec,
        MeasurementSettings settings,
        CancellationToken cancellation,
        bool patiently = false
    )
    {
        if (OperatorWork.Of([spec]).Defined is [var defined])
            return [new(defined)];
        var sessions = new List<OperatorSession>();
        while (sessions.Count < settings.MostSessions && OperatorSession.NeedsMore(sessions, settings))
            sessions.Add(
                await (
                    patiently
                        ? device.RunPatientlyAsync(client, token => measurer.Measure(spec, settings, token), cancellation)
                        : SessionAsync(client, spec, settings, cancellation)
                )
            );
        return sessions;
    }

    /// <summary>One session of an operator.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<OperatorSession> SessionAsync(
        string client,
        OperatorSpec spec,
        MeasurementSettings settings,
        CancellationToken cancellation
    ) => RunAsync(client, token => measurer.Measure(spec, settings, token), cancellation);

    /// <summary>A piece of work between two sessions.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<T> RunAsync<T>(string client, Func<CancellationToken, T> work, CancellationToken cancellation) =>
        device.RunAsync(client, work, cancellation);

    /// <summary>The operator's entry.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<LatencyEntry> EntryAsync(
        string client,
        OperatorSpec spec,
        MeasurementSettings settings,
        CancellationToken cancellation
    ) => OperatorSession.Join(await MeasureAsync(client, spec, settings, cancellation), settings);
}
