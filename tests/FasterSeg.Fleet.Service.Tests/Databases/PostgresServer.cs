using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace FasterSeg.Fleet.Service.Tests.Databases;

/// <summary>
/// A PostgreSQL server of a test's own, on a free loopback port, from Debian's binaries, with fsync as a real one has it. It can be stopped
/// and started, and is gone with its data at the end.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Installed = "/usr/lib/postgresql";
    private const string User = "fleet";

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-postgres-").FullName;
    private readonly int port = FreePort.Next();
    private bool isRunning;

    private PostgresServer()
    {
        Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        AppDomain.CurrentDomain.ProcessExit += AtExit;
    }

    /// <summary>Why no server can be had here; null where one can.</summary>
    public static string? Missing { get; } =
        Binaries() is null ? $"PostgreSQL is not installed in {Installed}: apt-get install postgresql"
        : IsRoot && !HasUser("postgres") ? "there is no unix user postgres, and PostgreSQL refuses to run as root"
        : null;

    /// <summary>Of the user that owns the databases.</summary>
    public string Password { get; }

    /// <summary>A new server, which takes connections.</summary>
    public static async Task<PostgresServer> StartNewAsync()
    {
        var server = new PostgresServer();
        try
        {
            string secret = Path.Combine(server.folder, "password");
            await File.WriteAllTextAsync(secret, server.Password);
            if (IsRoot)
                await RunAsync("chown", "-R", "postgres", server.folder);
            await AsServerAsync(
                "initdb",
                "--pgdata",
                server.Data,
                "--username",
                User,
                "--pwfile",
                secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"
            );
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that was stopped, on the port that it had.</summary>
    public async Task StartAsync()
    {
        await AsServerAsync(
            "pg_ctl",
            "start",
            "--wait",
            "--silent",
            "--pgdata",
            Data,
            "--log",
            Path.Combine(folder, "log"),
            "--options",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c shared_buffers=32MB"
        );
        isRunning = true;
    }

    /// <summary>Stops it; everybody's connections break.</summary>
    /// <param name="atOnce">As if the machine lost its power: nothing is written that was not before.</param>
    public async Task StopAsync(bool atOnce = false)
    {
        await AsServerAsync("pg_ctl", "stop", "--wait", "--silent", "--pgdata", Data, "--mode", atOnce ? "immediate" : "fast");
        isRunning = false;
    }

    /// <summary>Stops and starts it.</summary>
    public async Task RestartAsync(bool atOnce = false)
    {
        await StopAsync(atOnce);
        await StartAsync();
    }

    /// <summary>How a program connects to one of its databases.</summary>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Database={database};Username={User};Password={Password}";

    /// <summary>Makes a new, empty database.</summary>
    /// <returns>How a program connects to it.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        string name = "fleet_" + Guid.NewGuid().ToString("N")[..8];
        await DoAsync("postgres", $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Does something to a database, beside the program.</summary>
    public Task DoAsync(string database, string sql) => DoOnAsync(ConnectionString(database), sql);

    /// <summary>Does something to a database, beside the program.</summary>
    public static async Task DoOnAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= AtExit;
        try
        {
            if (isRunning)
                await StopAsync(atOnce: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(folder, "data");

    private static string? Binaries() =>
        Directory.Exists(Installed)
            ? Directory
                .EnumerateDirectories(Installed)
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")))
                .MaxBy(bin => int.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), out int version) ? version : 0)
            : null;

    private static bool HasUser(string name) =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    // A test run that is stopped in the middle.
    private void AtExit(object? sender, EventArgs e) => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static Task AsServerAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(Binaries()!, program);
        return IsRoot ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Without pipes: the server would keep them open for as long as it runs.
        string said = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
            foreach (
                string argument in (string[])
                    ["-c", "out=$1; shift; exec \"$@\" > \"$out\" 2>&1 < /dev/null", "sh", said, program, .. arguments]
            )
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await File.ReadAllTextAsync(said)}");
        }
        finally
        {
            File.Delete(said);
        }
    }
}
