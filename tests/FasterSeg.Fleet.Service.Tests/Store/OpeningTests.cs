using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency;
using FasterSeg.Tests;
using Npgsql;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>What people are told where a store cannot be opened.</summary>
public sealed class OpeningTests(SharedPostgres postgres)
{
    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", "");
        string sentence = await RefusalAsync(Path.Combine(file, "store"));
        Assert.StartsWith($"The fleet's store '{Path.Combine(file, "store")}' cannot be used (", sentence);
        Assert.EndsWith("): name a folder with --store that can be written.", sentence);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fleet.db", new string('x', 5000));
        string sentence = await RefusalAsync(folder.Path);
        Assert.StartsWith($"The file '{folder["fleet.db"]}' is damaged, or no fleet's (", sentence);
        Assert.EndsWith("): restore it from a backup, or name another folder with --store.", sentence);
        Assert.Equal(5000, new FileInfo(folder["fleet.db"]).Length);
    }

    [Theory]
    [InlineData("Host=db;Prot=5432;Password=secret")]
    [InlineData("Host=db;Port=secret")]
    [InlineData("postgres://fleet:secret@db/fleet")]
    [InlineData("Database=fleet; server = db;Prot=secret")]
    [InlineData("Host=db;Password=se;cret")]
    [InlineData("Host=db;Password=\"secret")]
    public async Task What_is_no_connection_string_is_told_how_to_be_written(string where)
    {
        string sentence = await RefusalAsync(where);
        Assert.StartsWith("What --store names cannot be read as a connection string of PostgreSQL: write it as", sentence);
        Assert.DoesNotContain("cret", sentence);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        string sentence = await RefusalAsync("Host=127.0.0.1;Port=1;Database=fleet;Username=fleet;Password=secret");
        Assert.StartsWith("The database server at 127.0.0.1:1 does not answer (", sentence);
        Assert.EndsWith("): start it, or name another in --store.", sentence);
        Assert.DoesNotContain("secret", sentence);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_not_repeated()
    {
        string where = await postgres.NewDatabaseAsync();
        string host = HostOf(where);
        Assert.Equal(
            $"The database server at {host} does not let the user 'fleet' in: set the right Username and Password in --store.",
            await RefusalAsync(where + "x")
        );
        string none = new NpgsqlConnectionStringBuilder(where) { Password = null }.ToString();
        Assert.Equal(
            $"The database server at {host} wants a password of the user 'fleet': set Password in --store.",
            await RefusalAsync(none)
        );
    }

    [Fact]
    public async Task A_database_that_is_missing_is_named()
    {
        string where = await postgres.NewDatabaseAsync();
        string missing = new NpgsqlConnectionStringBuilder(where) { Database = "lab" }.ToString();
        Assert.Equal(
            $"The database server at {HostOf(where)} has no database 'lab': make it with 'createdb lab' there, or name another in --store.",
            await RefusalAsync(missing)
        );
    }

    [Fact]
    public async Task A_database_of_something_else_is_left_alone()
    {
        string where = await postgres.NewDatabaseAsync();
        await PostgresServer.DoOnAsync(where, "CREATE TABLE job (id INTEGER)");
        Assert.EndsWith("has tables of something else: name one in --store that is the fleet's own.", await RefusalAsync(where));
        await PostgresServer.DoOnAsync(where, "DROP TABLE job");
        await (await FleetStore.OpenAsync(where, cancellation: TestContext.Current.CancellationToken)).DisposeAsync();
    }

    private static string HostOf(string where)
    {
        var given = new NpgsqlConnectionStringBuilder(where);
        return $"{given.Host}:{given.Port}";
    }

    private static async Task<string> RefusalAsync(string where) =>
        (await Assert.ThrowsAsync<UserErrorException>(() => FleetStore.OpenAsync(where))).Message;
}
