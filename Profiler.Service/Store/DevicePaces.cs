using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// What a device has taken for a source (the sentinel of a space, a piece of memory or of arithmetic), job by job: its history, from which
/// comes what it takes in quiet. A job from its first second to its last under load cannot tell that from itself.
/// </summary>
public sealed class DevicePaces(ProfilerDatabase database, TimeProvider time)
{
    /// <summary>Jobs of a source that are remembered.</summary>
    public const int Kept = 50;

    /// <summary>
    /// By which share a day a value gives way: a device that has become slower for good, by its cooling or its host, is quiet again by its
    /// new measure some time. Where jobs are measured in quiet, young values stand beside it and this changes nothing.
    /// </summary>
    public const double YieldPerDay = 0.01;

    // Most jobs of a device may have met some load; a single lucky one is not its usual state.
    private const double QuietQuantile = 0.2;

    /// <summary>What the device takes in quiet, ms; null where nothing is known.</summary>
    public double? QuietMs(string device, string source)
    {
        using SqliteConnection connection = database.Open();
        DateTime now = time.GetUtcNow().UtcDateTime;
        double[] aged =
        [
            .. connection
                .Query<(string At, double Ms)>(
                    "SELECT at, ms FROM device_pace WHERE device = @device AND source = @source AND loaded = 0",
                    new { device, source }
                )
                .Where(row => MeasurementRow.IsTime(row.Ms))
                .Select(row => row.Ms * (1 + (YieldPerDay * DaysSince(row.At, now))))
                .Order(),
        ];
        return aged.Length == 0 ? null : aged[(int)(QuietQuantile * (aged.Length - 1))];
    }

    /// <summary>Notes what a job has found.</summary>
    /// <param name="device">The device.</param>
    /// <param name="loaded">Whether it was found under load: such values are history and tell nothing of quiet.</param>
    /// <param name="values">The sources with their times, ms; null where nothing was read.</param>
    public void Note(string device, bool loaded, params IReadOnlyList<(string Source, double? Ms)> values)
    {
        using SqliteConnection connection = database.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        foreach ((string source, double? ms) in values.Where(value => value.Ms is not null))
        {
            connection.Execute(
                "INSERT INTO device_pace (device, source, at, ms, loaded) VALUES (@device, @source, @at, @ms, @loaded)",
                new
                {
                    device,
                    source,
                    at = time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                    ms,
                    loaded,
                },
                transaction
            );
            // Those in quiet and those under load apart: a loaded week must not take the memory of quiet.
            connection.Execute(
                "DELETE FROM device_pace WHERE device = @device AND source = @source AND loaded = @loaded AND id NOT IN (SELECT id FROM "
                    + "device_pace WHERE device = @device AND source = @source AND loaded = @loaded ORDER BY id DESC LIMIT @Kept)",
                new
                {
                    device,
                    source,
                    loaded,
                    Kept,
                },
                transaction
            );
        }
        transaction.Commit();
    }

    // A clock that was ahead once, or a damaged row, is of no age.
    private static double DaysSince(string at, DateTime now) =>
        DateTime.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime then)
            ? Math.Max(0, (now - then).TotalDays)
            : 0;
}
