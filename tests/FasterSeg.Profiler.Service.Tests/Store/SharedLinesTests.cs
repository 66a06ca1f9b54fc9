using System.Text;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>Versions of a table that differ in a line or two.</summary>
public sealed class SharedLinesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-lines-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Two_hundred_versions_take_little_more_than_one()
    {
        (ProfilerDatabase database, TableStore store) = Open();
        LatencyTable[] versions = [.. Enumerable.Range(0, 201).Select(MadeTables.Version)];
        store.Save(versions[0]);
        long one = UsedBytes(database);
        foreach (LatencyTable version in versions[1..])
            store.Save(version);
        long each = (UsedBytes(database) - one) / 200;
        Assert.InRange(each, 1, LatencyTableJson.Serialize(versions[0]).Length / 20);
        (_, TableStore next) = Open();
        foreach (LatencyTable version in versions)
            Assert.Equal(LatencyTableJson.Serialize(version), next.Json(LatencyTableJson.IdOf(version)));
        Assert.Equal(versions.Reverse().Select(LatencyTableJson.IdOf), next.List().Select(header => header.Id));
    }

    [Fact]
    public void A_table_with_a_damaged_line_is_left_out_until_somebody_brings_the_line_whole()
    {
        (ProfilerDatabase database, TableStore store) = Open();
        LatencyTable first = MadeTables.Version(0),
            second = MadeTables.Version(1);
        store.Save(first);
        Execute(database, "UPDATE table_line SET text = CAST(replace(CAST(text AS TEXT), '0.5', '0.4') AS BLOB)");
        (_, store) = Open();
        Assert.Null(store.Json(LatencyTableJson.IdOf(first)));
        Assert.Empty(store.List());
        Assert.Null(store.FindNewest(first.Space!, first.Identity));

        store.Save(second);
        Assert.Equal(LatencyTableJson.Serialize(second), Open().Store.Json(LatencyTableJson.IdOf(second)));
        store.Save(first);
        Assert.Equal(LatencyTableJson.Serialize(first), Open().Store.Json(LatencyTableJson.IdOf(first)));
    }

    [Fact]
    public void Tables_of_an_earlier_build_are_taken_apart_and_stay_as_they_are()
    {
        (ProfilerDatabase database, TableStore store) = Open();
        LatencyTable[] versions = [.. Enumerable.Range(0, 5).Select(MadeTables.Version)];
        foreach (LatencyTable version in versions)
        {
            store.Save(version);
            Execute(
                database,
                "UPDATE latency_table SET json = @json, seq = NULL, kind = NULL, lines = NULL, digest = NULL WHERE id = @id",
                ("@json", LatencyTableJson.Serialize(version)),
                ("@id", LatencyTableJson.IdOf(version))
            );
        }
        Execute(database, "UPDATE latency_table SET json = @json WHERE rowid = 3", ("@json", Encoding.UTF8.GetBytes("{}")));
        Execute(database, "DELETE FROM table_line");

        var log = new ListLogger<TableStore>();
        using var next = new TableStore(database, log);
        Assert.Contains(log.Lines, line => line.Contains("damaged", StringComparison.Ordinal));
        Assert.Equal(new[] { 4, 3, 1, 0 }.Select(i => LatencyTableJson.IdOf(versions[i])), next.List().Select(header => header.Id));
        foreach (int i in new[] { 0, 1, 3, 4 })
            Assert.Equal(LatencyTableJson.Serialize(versions[i]), next.Json(LatencyTableJson.IdOf(versions[i])));
        StoredTable newest = next.Save(MadeTables.Version(5));
        Assert.Equal(newest.Id, next.FindNewest(MadeTables.Space, MadeTables.Identity)?.Id);
    }

    [Fact]
    public async Task Who_watches_hears_of_each_new_table_whatever_the_clock_says()
    {
        (_, TableStore store) = Open();
        await using IAsyncEnumerator<TableHeader> watcher = store
            .WatchAsync(MadeTables.Space, MadeTables.Identity, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        foreach (int year in new[] { 2026, 2036, 2027, 1970 })
        {
            ValueTask<bool> told = watcher.MoveNextAsync();
            StoredTable saved = store.Save(MadeTables.Version(year, new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)));
            Assert.True(await told);
            Assert.Equal(saved.Id, watcher.Current.Id);
        }
    }

    private static long UsedBytes(ProfilerDatabase database) => MadeTables.Retention(database, new()).UsedBytes();

    private static void Execute(ProfilerDatabase database, string sql, params (string Name, object Value)[] values)
    {
        using SqliteConnection connection = database.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }

    private (ProfilerDatabase Database, TableStore Store) Open()
    {
        var database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        return (database, new TableStore(database, NullLogger<TableStore>.Instance));
    }
}
