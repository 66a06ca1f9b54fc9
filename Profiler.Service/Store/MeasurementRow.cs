using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>A measurement as it lies in the database. Named as the columns are.</summary>
internal sealed record MeasurementRow(long pass, string key, string entry, byte[]? samples, byte[]? checksum)
{
    /// <summary>A session's row.</summary>
    public static MeasurementRow Of(string job, int round, OperatorSession session)
    {
        string key = session.Entry.Spec.ToString(),
            entry = LatencyTableJson.SerializeEntry(session.Entry);
        byte[] samples = SampleBytes.Write(session.SamplesMs.Span);
        return new(round, key, entry, samples, RowChecksum.Of(job, round, key, entry, samples));
    }

    /// <summary>The session, or null where the row is not as it was written; the samples alone may have been dropped for their
    /// age.</summary>
    /// <param name="job">Whose it is.</param>
    /// <param name="fault">What is wrong, for the log; null where nothing is.</param>
    public OperatorSession? Session(string job, out string? fault)
    {
        fault = null;
        LatencyEntry read;
        try
        {
            read = LatencyTableJson.ParseEntry(entry, $"job {job}");
        }
        catch (UserErrorException broken)
        {
            fault = broken.Message;
            return null;
        }
        if (!RowChecksum.Holds(checksum, RowChecksum.Of(job, (int)pass, key, entry, samples)))
            fault = $"job {job}: the checksum of '{key}' in round {pass + 1} does not match";
        else if (read.Spec.ToString() != key)
            fault = $"job {job}: '{key}' in round {pass + 1} is that of '{read.Spec}'";
        double[] taken = SampleBytes.Read(samples);
        // A row from before there were checksums may have been damaged, too.
        if (fault is null && read.Failure is null && (taken.Length != read.Spread?.Samples || !taken.All(IsTime)))
            fault = $"job {job}: the samples of '{key}' in round {pass + 1} are not {read.Spread?.Samples ?? 0} times";
        return fault is null ? new(read, taken) : null;
    }

    /// <summary>Whether a number can be a time, ms.</summary>
    public static bool IsTime(double ms) => double.IsFinite(ms) && ms > 0;
}
