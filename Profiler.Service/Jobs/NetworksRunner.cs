using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures a job's whole networks, behind its operators, one by one. What the job's log holds is not measured again.</summary>
/// <param name="device">The device's thread.</param>
/// <param name="operators">Measures an operator.</param>
/// <param name="models">Measures a network.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told how it goes.</param>
public sealed class NetworksRunner(
    DeviceWorker device,
    IOperatorMeasurer operators,
    IModelMeasurer models,
    TimeProvider time,
    ILogger logger
)
{
    // What one turn on the device has given; no visit where the network cannot be measured.
    private sealed record Turn(NetworkVisit? Visit, double Seconds);

    /// <summary>Measures, and reports each network to the job.</summary>
    /// <param name="job">Whose turns it takes, how it measures, and whose log it writes.</param>
    /// <param name="table">What its operators gave.</param>
    /// <param name="operatorsSeconds">How long that took.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<NetworkVisits> RunAsync(TableJob job, LatencyTable table, double operatorsSeconds, CancellationToken cancellation)
    {
        var visits = new NetworkVisits(table, job.Settings.Seed, operatorsSeconds);
        foreach (NetworkVisit known in await job.KeepAsync(job.Log.Visits, cancellation))
            visits.Add(known);
        int before = job.Present?.Done ?? 0,
            count = visits.Drawn.Count;
        if (visits.Done.Count > 0)
            logger.LogInformation("Job {Job} goes on behind {Count} measurements of networks", job.Id, visits.Done.Count);
        while (visits.Next() is var (pass, number))
        {
            Turn turn = await device.RunPatientlyAsync(
                job.Client,
                token => Visit(job, table, visits.Drawn[number], pass, number, token),
                cancellation
            );
            if (turn.Visit is not { } visit)
            {
                visits.Fail(number, turn.Seconds);
                continue;
            }
            await job.KeepAsync(() => job.Log.Add(visit), cancellation);
            visits.Add(visit);
            // As many as there may be, as the total has had them from the start: a total that grew with each pass would take progress back.
            int done = before + visits.Done.Count,
                ofThisPass = Math.Max(0, count - visits.In(pass));
            job.Report(
                new(
                    done,
                    before + NetworkVisits.Most,
                    SecondsLeft: visits.SpentSeconds / visits.Done.Count * ofThisPass,
                    Network: FormattableString.Invariant($"network {visits.In(pass)} of {count}{(pass == 0 ? "" : " again")}: ")
                        + FormattableString.Invariant($"{visit.MedianMs:0.000} ms")
                )
            );
        }
        return visits;
    }

    /// <summary>An operator, then the network, one session each. To be called on the device thread.</summary>
    private Turn Visit(
        TableJob job,
        LatencyTable table,
        NetworkVisits.DrawnNetwork network,
        int pass,
        int number,
        CancellationToken cancellation
    )
    {
        long start = time.GetTimestamp();
        double Seconds() => time.GetElapsedTime(start).TotalSeconds;
        MeasurementSettings once = job.Settings with { Sessions = 1, MaximumSeconds = job.Settings.SessionSeconds };
        LatencyEntry now = operators.Measure(network.Operator, job.Settings, cancellation).Entry;
        double then = table.Find(network.Operator)!.MedianMs;
        double? drift = now.Failure is null && then > 0 ? now.MedianMs / then : null;
        try
        {
            byte[] onnx = NetworkModel.Build(network.Plan, once.BatchSize, once.Seed).ToByteArray();
            ModelSessions sessions = models.Measure(new(onnx), once.BatchSize, once, withSamples: false, cancellation);
            return new(new(pass, number, network.Name, sessions.Joined.MedianMs, drift, Seconds()), Seconds());
        }
        catch (ModelRefusedException refused)
        {
            logger.LogWarning("Job {Job}: network {Number} cannot be measured: {Reason}", job.Id, number + 1, refused.Message);
            return new(null, Seconds());
        }
    }
}
