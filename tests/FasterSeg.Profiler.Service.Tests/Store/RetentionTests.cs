using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>What a store lets go of, and what it never does.</summary>
public sealed class RetentionTests : IDisposable
{
    private static readonly DateTimeOffset Today = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-retention-").FullName;
    private readonly ProfilerDatabase database;
    private readonly TableStore tables;
    private readonly JobStore jobs;
    private readonly Clock clock = new();

    public RetentionTests()
    {
        database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        tables = new TableStore(database, NullLogger<TableStore>.Instance);
        jobs = new JobStore(database, clock, NullLogger<JobStore>.Instance);
    }

    public void Dispose()
    {
        tables.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Beyond_their_number_the_oldest_versions_go_with_their_jobs_and_lines()
    {
        StoredTable[] versions = [.. Enumerable.Range(0, 60).Select(i => Save(MadeTables.Version(i, Today)))];
        StoredTable other = Save(MadeTables.Version(0, Today, SearchSpace.Paper()));
        Assert.Equal((40, 40), (Apply(new() { Versions = 20 }).Tables, 60 + 1 - jobs.List().Count));
        Assert.Equal([other.Id, .. versions.Skip(40).Reverse().Select(version => version.Id)], Ids());
        Assert.Null(tables.Find(versions[0].Id));
        // Each version has a line of its own beside hash and time; those of the versions that went are gone.
        Assert.InRange(Count("table_line"), 800, 800 + 20 * 3 + 20);
        Assert.All(versions.Skip(40), version => Assert.Equal(version.Hash, tables.Find(version.Id)!.Hash));
    }

    [Fact]
    public void Old_versions_go_but_for_the_newest_ten_whose_age_a_wrong_clock_may_have_made()
    {
        for (int i = 0; i < 15; i++)
            Save(MadeTables.Version(i, Today.AddYears(-1)));
        StoredTable young = Save(MadeTables.Version(20, Today));
        Assert.Equal(6, Apply(new() { Days = 30 }).Tables);
        Assert.Equal(10, tables.List().Count);
        Assert.Equal(young.Id, Ids()[0]);
    }

    [Fact]
    public void Beyond_the_size_the_oldest_go_and_the_newest_of_each_kind_stays()
    {
        SearchSpace[] spaces = [SearchSpace.Paper(256, 512), SearchSpace.Paper(512, 1024)];
        string[] newest =
        [
            .. spaces.Select(space => Enumerable.Range(0, 30).Select(i => Save(MadeTables.Version(i, Today.AddDays(i), space))).Last().Id),
        ];
        Retention retention = MadeTables.Retention(database, new() { LimitMiB = 1, Days = 36_500 }, clock);
        long before = retention.UsedBytes();
        FillWithSamples(4);
        retention.Apply(TestContext.Current.CancellationToken);
        Assert.True(retention.UsedBytes() <= 1 << 20 || tables.List().Count == 2);
        Assert.Superset(newest.ToHashSet(), Ids().ToHashSet());
        Assert.True(before > 0);
    }

    [Fact]
    public void A_table_whose_file_lies_in_the_folder_stays_until_the_file_goes()
    {
        LatencyTable brought = MadeTables.Version(7, Today.AddYears(-2));
        string file = Path.Combine(folder, "published.json");
        LatencyTableJson.Save(brought, file);
        using (var store = new TableStore(database, NullLogger<TableStore>.Instance))
            Assert.Single(store.List());
        for (int i = 10; i < 30; i++)
            Save(MadeTables.Version(i, Today));
        Apply(new() { Versions = 5, Days = 30 });
        Assert.Equal(6, tables.List().Count);
        Assert.Equal(LatencyTableJson.Serialize(brought), tables.Json(LatencyTableJson.IdOf(brought)));

        File.Delete(file);
        using (new TableStore(database, NullLogger<TableStore>.Instance))
            Apply(new() { Versions = 5, Days = 30 });
        Assert.Null(tables.Json(LatencyTableJson.IdOf(brought)));
    }

    [Fact]
    public void A_file_that_was_copied_there_is_not_newer_than_what_was_measured_here()
    {
        string newest = Enumerable.Range(0, 4).Select(i => Save(MadeTables.Version(i, Today.AddMinutes(i)))).Last().Id;
        LatencyTable brought = MadeTables.Version(9, Today.AddDays(1));
        LatencyTableJson.Save(brought, Path.Combine(folder, "old.json"));
        tables.JoinBrought();
        Assert.Equal(newest, tables.FindNewest(MadeTables.Space, MadeTables.Identity)!.Id);
        Apply(new() { Versions = 1 });
        Assert.Equal(newest, tables.FindNewest(MadeTables.Space, MadeTables.Identity)!.Id);
        Assert.Equal(new[] { newest, LatencyTableJson.IdOf(brought) }.Order(), Ids().Order());
        Assert.NotNull(jobs.FindByTable(newest));
    }

    [Fact]
    public void A_file_that_was_copied_there_while_the_profiler_serves_pins_its_table()
    {
        StoredTable pinned = Save(MadeTables.Version(0, Today));
        LatencyTableJson.Save(pinned.Table, Path.Combine(folder, "pin.json"));
        for (int i = 1; i < 5; i++)
            Save(MadeTables.Version(i, Today.AddMinutes(i)));
        tables.JoinBrought();
        Apply(new() { Versions = 1 });
        Assert.NotNull(tables.Json(pinned.Id));
        Assert.NotNull(jobs.FindByTable(pinned.Id));
        Assert.Equal(2, tables.List().Count);
    }

    [Fact]
    public void A_file_that_is_no_table_is_told_of_once_until_it_changes()
    {
        var log = new ListLogger<TableStore>();
        string file = Path.Combine(folder, "notes.json");
        File.WriteAllText(file, "{}");
        using var store = new TableStore(database, log);
        store.JoinBrought();
        Assert.Single(log.Lines);
        LatencyTable table = MadeTables.Version(3, Today);
        LatencyTableJson.Save(table, file);
        store.JoinBrought();
        Assert.NotNull(store.Json(LatencyTableJson.IdOf(table)));
        Assert.Single(log.Lines);
    }

    [Fact]
    public void A_running_job_loses_nothing_and_jobs_that_ended_without_a_table_go_by_age_and_number()
    {
        var settings = new MeasurementSettings();
        clock.Now = Today.AddYears(-1);
        StoredJob running = jobs.Add(MadeTables.Space, settings, MadeTables.Identity);
        AddSession(running.Id);
        StoredJob[] ended =
        [
            .. Enumerable.Range(0, 30).Select(i => jobs.Add(MadeTables.Space, settings with { Seed = (ulong)i + 1 }, MadeTables.Identity)),
        ];
        foreach (StoredJob job in ended)
        {
            AddSession(job.Id);
            jobs.Update(job.Id, JobState.Cancelled);
        }
        clock.Now = Today;
        Assert.Equal((0, 20), Apply(new() { Days = 30 }));
        Assert.Equal((0, 7), Apply(new() { Days = 36_500, Versions = 3 }));
        Assert.Equal([running.Id, .. ended.Skip(27).Select(job => job.Id)], jobs.List().Select(job => job.Id).Reverse());
        Assert.Single(jobs.Log(running.Id).Sessions(0));
        Assert.Equal(4, Count("measurement"));
    }

    private StoredTable Save(LatencyTable table) =>
        tables.Save(table, (transaction, saved) => jobs.AddFinished(transaction, saved.Table.Space!, new(), saved));

    private (int Tables, int Jobs) Apply(RetentionPolicy policy) =>
        new Retention(database, tables, jobs, policy, clock, NullLogger<Retention>.Instance).Apply(TestContext.Current.CancellationToken);

    private string[] Ids() => [.. tables.List().Select(header => header.Id)];

    private void AddSession(string job) =>
        jobs.Log(job).Add(0, new OperatorSession(MadeTables.Version(0).Entries[0], Enumerable.Repeat(0.5, 15).ToArray()));

    private void FillWithSamples(int mebibytes)
    {
        StoredJob job = jobs.Add(MadeTables.Space, new(), MadeTables.Identity);
        for (int i = 0; i < mebibytes; i++)
            jobs.Log(job.Id).Add(i, new OperatorSession(MadeTables.Version(0).Entries[0], new double[1 << 18]));
        jobs.Update(job.Id, JobState.Failed);
    }

    private long Count(string table)
    {
        using SqliteConnection connection = database.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM " + table;
        return (long)command.ExecuteScalar()!;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Today;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
