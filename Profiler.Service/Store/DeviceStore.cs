using System.Globalization;
using System.Text.Json;
using Dapper;
using FasterSeg.Latency.Tables;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>The devices that this store's tables were measured on, as they were seen last.</summary>
public sealed class DeviceStore(ProfilerDatabase database, TimeProvider time, ILogger<DeviceStore> logger)
{
    /// <summary>
    /// Notes that a device is here, with what its numbers depend on. Where that has changed since it was seen last (a new driver, another
    /// runtime), the log says so: its tables from before belong to another identity.
    /// </summary>
    /// <param name="identity">What is measured with now, by default settings.</param>
    /// <returns>What has changed, as a sentence's part; null where nothing has, or the device is new.</returns>
    public string? Note(TableIdentity identity)
    {
        try
        {
            return database.Guard(() => NoteIn(identity));
        }
        catch (StoreUnavailableException)
        {
            // Who was seen here last is less than serving what is there; the store's health says what is wrong.
            return null;
        }
    }

    private string? NoteIn(TableIdentity identity)
    {
        using SqliteConnection connection = database.Open();
        string? before = connection.QuerySingleOrDefault<string>(
            "SELECT identity FROM device WHERE uuid = @DeviceUuid",
            new { identity.DeviceUuid }
        );
        connection.Execute(
            """
            INSERT INTO device (uuid, name, identity, first_seen, last_seen) VALUES (@DeviceUuid, @DeviceName, @json, @now, @now)
            ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, identity = excluded.identity, last_seen = excluded.last_seen
            """,
            new
            {
                identity.DeviceUuid,
                identity.DeviceName,
                json = JsonSerializer.Serialize(identity),
                now = time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            }
        );
        if (before is null || Read(before)?.DifferenceFrom(identity) is not { } difference)
            return null;
        logger.LogWarning(
            "{Device} is not what it was when this store saw it last: {Difference}. Tables from before are kept, and are not reused",
            identity.DeviceName,
            difference
        );
        return difference;
    }

    private static TableIdentity? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TableIdentity>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
