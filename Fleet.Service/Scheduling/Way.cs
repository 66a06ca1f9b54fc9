using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>A way to measure, as the store and grains name it.</summary>
internal static class Way
{
    /// <summary>The settings as JSON.</summary>
    public static string Write(MeasurementSettings settings) => StoreText.Of(settings);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static MeasurementSettings Read(string json) => StoreText.Parse<MeasurementSettings>(json);

    /// <summary>The settings without their seed, which no calibration depends on.</summary>
    public static string Of(MeasurementSettings settings) => Write(settings with { Seed = 0 });

    /// <summary>The verdict on a device that holds for a job: that of the job's way. What is measured for itself cannot be compared on; for
    /// it holds the verdict of a way that only takes another time, as a network's is.</summary>
    /// <param name="verdicts">On the pool's devices.</param>
    /// <param name="device">The device.</param>
    /// <param name="job">The job.</param>
    public static VerdictRow? VerdictFor(IEnumerable<VerdictRow> verdicts, string device, JobRow job)
    {
        string way = Of(job.Job.Settings);
        VerdictRow[] own = [.. verdicts.Where(each => each.Device == device)];
        return own.FirstOrDefault(each => each.Way == way)
            ?? (job.Job.Space is null ? own.Where(each => IsAlike(each.Way, way)).MaxBy(each => each.At) : null);
    }

    private static bool IsAlike(string one, string other) => Timeless(one) == Timeless(other);

    private static string Timeless(string way) => Write(Read(way) with { MaximumSeconds = 0 });
}
