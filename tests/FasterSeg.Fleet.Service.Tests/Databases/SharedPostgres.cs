using FasterSeg.Fleet.Service.Tests.Databases;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace FasterSeg.Fleet.Service.Tests.Databases;

/// <summary>One server for all tests that do not stop it; each has a database of its own.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private PostgresServer? server;

    /// <summary>How to connect to a new, empty database; skips the test where there is no PostgreSQL.</summary>
    internal async Task<string> NewDatabaseAsync() => await (await ServerAsync()).NewDatabaseAsync();

    /// <summary>The server; skips the test where there is no PostgreSQL.</summary>
    internal async Task<PostgresServer> ServerAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await gate.WaitAsync();
        try
        {
            return server ??= await PostgresServer.StartNewAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        gate.Dispose();
    }
}
