using System.Net.Sockets;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>A database that is damaged, foreign or of the future.</summary>
public sealed class ProfilerDatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-db-").FullName;

    private string Path => System.IO.Path.Combine(folder, "profiler.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_file_that_is_no_database_is_set_aside_and_a_new_one_begun()
    {
        File.WriteAllText(Path, new string('x', 5000));
        TableStore store = Open();
        Assert.Empty(store.List());
        Assert.Contains(Directory.GetFiles(folder), path => path.Contains(".damaged-", StringComparison.Ordinal));
        store.Save(Table(1));
        Assert.Single(Open().List());
    }

    [Fact]
    public void From_a_damaged_file_what_is_whole_is_saved()
    {
        TableStore store = Open();
        for (int i = 1; i <= 12; i++)
            store.Save(Table(i));
        SqliteConnection.ClearAllPools();
        using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand checkpoint = connection.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
        }
        byte[] bytes = File.ReadAllBytes(Path);
        // The last table's page, overwritten as by a bad sector.
        Array.Fill<byte>(bytes, 0xAB, bytes.Length - 4096, 4096);
        File.WriteAllBytes(Path, bytes);

        TableStore next = Open();
        Assert.InRange(next.List().Count, 1, 12);
        Assert.All(next.List(), known => Assert.Equal(known.Hash, LatencyTableJson.HashOf(next.Find(known.Id)!.Table)));
        next.Save(Table(99));
    }

    [Fact]
    public void A_file_of_a_newer_build_is_refused()
    {
        Open();
        using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        Assert.Contains("newer build (version 99", Assert.Throws<UserErrorException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_every_place_taken_the_next_reader_waits()
    {
        var database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        var held = Enumerable.Range(0, ProfilerDatabase.MostConnections).Select(_ => database.Open()).ToList();
        // A thread of its own: it waits without giving its thread back.
        Task<SqliteConnection> next = Task.Factory.StartNew(
            database.Open,
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        Assert.NotSame(next, await Task.WhenAny(next, Task.Delay(300, TestContext.Current.CancellationToken)));
        held[0].Dispose();
        (await next).Dispose();
        held.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public void A_connection_that_cannot_be_opened_takes_no_place()
    {
        var database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        SqliteConnection.ClearAllPools();
        File.Move(Path, Path + ".kept");
        // A file that is there and cannot be opened, also by root.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        for (int i = 0; i < 2 * ProfilerDatabase.MostConnections; i++)
            Assert.Throws<SqliteException>(database.Open);
        File.Move(Path + ".kept", Path, overwrite: true);
        using SqliteConnection connection = database.Open();
        connection.Dispose();
        connection.Dispose();
    }

    private TableStore Open() => new(new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance), NullLogger<TableStore>.Instance);

    private static LatencyTable Table(double ms) =>
        new(
            new TableIdentity("cpu", "CPU-1", null, null, "cpu", "1.31.1", null, null, "fp32", 1, 1, "test"),
            null,
            Enumerable.Range(1, 40).Select(i => new LatencyEntry(new(OperatorKind.Conv, 32, 64, 8 * i, 48), EntryOrigin.Measured, ms)),
            DateTimeOffset.UnixEpoch
        );
}
