using System.Globalization;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>Makes a store small at once, while no profiler uses it, and gives the disk back what is free in its file.</summary>
public static class Compaction
{
    /// <summary>The argument that makes the profiler's program do this.</summary>
    public const string Argument = "compact";

    /// <summary>Compacts the store that the options name.</summary>
    /// <returns>What was done, a line.</returns>
    /// <exception cref="UserErrorException">A profiler uses it, there is none, or the disk has no room for it.</exception>
    public static string Run(ProfilerHostOptions options, ILoggerFactory loggers)
    {
        string folder = options.ResolveStoreFolder();
        if (!File.Exists(ProfilerDatabase.FileIn(folder)))
            throw new UserErrorException($"There is no store in '{folder}': name its folder with --store.");
        using StoreLock held = StoreLock.Take(folder);
        try
        {
            var database = new ProfilerDatabase(folder, loggers.CreateLogger<ProfilerDatabase>(), held: held.File);
            long before = BytesOf(folder);
            using var tables = new TableStore(database, loggers.CreateLogger<TableStore>());
            while (!tables.ConvertEarlier(TimeSpan.MaxValue))
            {
                // Until none is left.
            }
            var jobs = new JobStore(database, TimeProvider.System, loggers.CreateLogger<JobStore>());
            (int droppedTables, int droppedJobs) = new Retention(
                database,
                tables,
                jobs,
                options.Retention,
                TimeProvider.System,
                loggers.CreateLogger<Retention>()
            ).Apply(CancellationToken.None);
            database.Guard(() =>
            {
                using SqliteConnection connection = database.Open();
                connection.Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", commandTimeout: 0);
            });
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{folder}: {before / (double)(1 << 20):0.0} MiB before, {BytesOf(folder) / (double)(1 << 20):0.0} MiB now; let go of "
                    + $"{droppedTables} tables and {droppedJobs} jobs."
            );
        }
        catch (StoreUnavailableException fault)
        {
            throw new UserErrorException(
                $"{fault.Message} To compact a store, the disk needs room for a second one of what is left in it.",
                fault
            );
        }
        finally
        {
            SqliteConnection.ClearAllPools();
        }
    }

    private static long BytesOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles(Path.GetFileName(ProfilerDatabase.FileIn(folder)) + "*").Sum(file => file.Length);
}
