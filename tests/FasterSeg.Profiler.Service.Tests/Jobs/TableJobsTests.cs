using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Jobs that are attached to, stopped, killed and taken up again, on a real database.</summary>
public sealed class TableJobsTests : IDisposable
{
    private static readonly SearchSpace Space = JobService.Space;
    private static readonly MeasurementSettings Settings = JobService.Settings;

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-jobs-").FullName;
    private readonly List<JobService> services = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (JobService service in services)
            service.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_same_space_and_settings_are_one_job()
    {
        JobService service = Start(Engine());
        TableJob first = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation),
            second = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        TableJob other = await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 9 }, "anna", Cancellation);
        Assert.Same(first, second);
        Assert.NotEqual(first.Id, other.Id);
        await EndOf(first);
        await EndOf(other);
        Assert.Equal([JobState.Done, JobState.Done], service.Store.List().Select(job => job.State));
    }

    [Fact]
    public async Task A_finished_job_is_not_taken_up_again_but_a_new_one_starts()
    {
        JobService service = Start(Engine());
        TableJob first = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        string table = await EndOf(first);
        Assert.Equal(table, service.Store.Find(first.Id)!.TableId);
        TableJob second = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        Assert.NotEqual(first.Id, second.Id);
        await EndOf(second);
    }

    [Fact]
    public async Task Whoever_is_told_of_a_table_finds_the_job_that_made_it()
    {
        FakeEngine engine = Engine();
        JobService service = Start(engine);
        await using IAsyncEnumerator<TableHeader> watcher = service
            .Tables.WatchAsync(Space, engine.Identity(Settings), Cancellation)
            .GetAsyncEnumerator(Cancellation);
        ValueTask<bool> told = watcher.MoveNextAsync();
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        Assert.True(await told);
        StoredJob stored = service.Store.FindByTable(watcher.Current.Id)!;
        Assert.Equal((job.Id, JobState.Done), (stored.Id, stored.State));
        await EndOf(job);
    }

    [Fact]
    public async Task A_cancelled_job_keeps_its_measurements_and_goes_on_when_asked_for_again()
    {
        var engine = Engine();
        JobService service = Start(engine);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await ReachAsync(job, entries: 40);
        Assert.True(await service.Jobs.CancelAsync(job.Id));
        await Assert.ThrowsAsync<JobFailedException>(() => EndOf(job));
        Assert.Equal(JobState.Cancelled, service.Store.Find(job.Id)!.State);
        Assert.False(await service.Jobs.CancelAsync(job.Id));

        TableJob again = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        Assert.Equal(job.Id, again.Id);
        string id = await EndOf(again);
        Assert.Equal("1 time", service.Tables.Find(id)!.Table.Environment["went_on_after_an_end"]);
        AssertMeasuredOnce(engine, allowedRepeats: 1);
    }

    [Fact]
    public async Task Who_cancels_a_job_and_asks_again_gets_one_that_goes_on()
    {
        using var held = new HeldLog();
        JobService service = Start(Engine(), held);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        // The job has begun and sees no cancellation yet.
        Task<bool> cancelling = service.Jobs.CancelAsync(job.Id);
        Assert.False(cancelling.IsCompleted);
        held.Release();
        Assert.True(await cancelling);
        Assert.False(service.Jobs.IsRunning(Space, Settings));
        TableJob again = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        Assert.NotSame(job, again);
        await EndOf(again);
    }

    [Fact]
    public async Task A_job_whose_start_cannot_be_noted_is_not_left_running()
    {
        JobService service = Start(Engine());
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await service.Jobs.CancelAsync(job.Id);
        service.Execute("CREATE TRIGGER full BEFORE UPDATE ON job BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() =>
            service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation)
        );
        Assert.Equal(0, service.Jobs.Count);
        service.Execute("DROP TRIGGER full");
        await EndOf(await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation));
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("identity")]
    public void A_damaged_job_is_left_out_and_the_others_go_on(string column)
    {
        JobService service = Start(Engine());
        service.Store.Add(Space, Settings, Engine().Identity(Settings));
        service.Execute($"UPDATE job SET {column} = 'null'");
        StoredJob sound = service.Store.Add(Space, Settings, Engine().Identity(Settings));
        service.Jobs.ResumeAll();
        Assert.Equal([sound.Id], service.Store.List().Select(job => job.Id));
    }

    [Fact]
    public async Task Jobs_beyond_the_most_are_refused_and_those_there_are_attached_to()
    {
        using var held = new HeldLog();
        JobService service = Start(Engine(), held);
        TableJob[] jobs = await Task.WhenAll(
            Enumerable
                .Range(0, TableJobs.MostRunning)
                .Select(seed =>
                    service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = (ulong)seed }, $"client {seed}", Cancellation)
                )
        );
        await Assert.ThrowsAsync<QueueFullException>(() =>
            service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 1000 }, "anna", Cancellation)
        );
        Assert.Same(jobs[3], await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 3 }, "anna", Cancellation));
        Assert.Equal(TableJobs.MostRunning, service.Store.List().Count);
        Task<bool> cancelling = service.Jobs.CancelAsync(jobs[0].Id);
        held.Release();
        Assert.True(await cancelling);
        Assert.NotNull(await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 1000 }, "anna", Cancellation));
    }

    [Fact]
    public async Task A_service_that_was_killed_goes_on_behind_its_last_measurement()
    {
        var engine = Engine();
        TableJob job = await Start(engine).Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        for (int kill = 1; kill <= 3; kill++)
        {
            await ReachAsync(job, entries: 30 * kill);
            // The last service's process is gone: nothing of it reaches the store any more.
            services[^1].Kill();
            JobService next = Start(engine);
            Assert.Equal(JobState.Running, next.Store.Find(job.Id)!.State);
            next.Jobs.ResumeAll();
            job = next.Jobs.Find(job.Id)!;
        }
        string id = await EndOf(job);
        LatencyTable table = services[^1].Tables.Find(id)!.Table;
        Assert.Equal(Space.Operators(full: true).Count, table.Entries.Count);
        Assert.Equal("3 times", table.Environment["went_on_after_an_end"]);
        AssertMeasuredOnce(engine, allowedRepeats: 3);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(7.5)]
    [InlineData(null)]
    public async Task A_service_that_goes_on_waits_for_quiet_as_long_as_was_asked_for(double? seconds)
    {
        var engine = Engine();
        TimeSpan? quiet = seconds is { } asked ? TimeSpan.FromSeconds(asked) : null;
        TableJob job = await Start(engine).Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation, quiet);
        for (int kill = 1; kill <= 2; kill++)
        {
            await ReachAsync(job, entries: 20 * kill);
            services[^1].Kill();
            JobService next = Start(engine);
            next.Jobs.ResumeAll();
            job = next.Jobs.Find(job.Id)!;
            Assert.Equal(quiet ?? QuietPatience.Default(Space, Settings), job.Quiet);
        }
        // Who asks again has the say, and is not forgotten either.
        await services[^1].Jobs.CancelAsync(job.Id);
        await services[^1].Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation, TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), services[^1].Store.Find(job.Id)!.Quiet);
    }

    [Fact]
    public void A_damaged_wait_for_quiet_is_the_default()
    {
        JobService service = Start(Engine());
        StoredJob job = service.Store.Add(Space, Settings, Engine().Identity(Settings));
        service.Store.Own(job.Id, "anna", 10, TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, service.Store.Find(job.Id)!.Quiet);
        foreach (string damaged in new[] { "-1", "9e999", "1e300" })
        {
            service.Execute($"UPDATE job SET quiet_seconds = {damaged}");
            Assert.Null(service.Store.Find(job.Id)!.Quiet);
        }
    }

    [Theory]
    [InlineData("UPDATE measurement SET samples = CAST(x'0000c07f' || substr(samples, 5) AS BLOB), checksum = NULL WHERE rowid = 15")]
    [InlineData("UPDATE measurement SET samples = CAST(x'01' || substr(samples, 2) AS BLOB) WHERE rowid = 15")]
    [InlineData("UPDATE measurement SET entry = substr(entry, 1, 40) WHERE rowid = 15")]
    [InlineData("DELETE FROM measurement WHERE rowid IN (5, 15, 25)")]
    [InlineData("UPDATE sentinel_reading SET median_ms = 9e999")]
    public async Task What_is_damaged_is_measured_again_and_nothing_else(string damage)
    {
        FakeEngine engine = Engine();
        JobService service = Start(engine);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await ReachAsync(job, entries: 40);
        await service.Jobs.CancelAsync(job.Id);
        service.Execute(damage);
        string id = await EndOf(await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation));
        Assert.Equal(job.Id, service.Store.FindByTable(id)!.Id);
        Assert.All(service.Tables.Find(id)!.Table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal((1, null), (entry.MedianMs, entry.Failure))
        );
        // Those of the damage, and the one in flight when it was cancelled.
        AssertMeasuredOnce(engine, allowedRepeats: 4);
    }

    [Fact]
    public async Task A_job_can_be_begun_anew()
    {
        FakeEngine engine = Engine();
        JobService service = Start(engine);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await ReachAsync(job, entries: 40);
        await service.Jobs.CancelAsync(job.Id);
        int before = engine.Opened.Distinct().Count();
        TableJob again = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation, anew: true);
        await EndOf(again);
        int all = OperatorWork.Of(Space).ToMeasure.Count;
        Assert.Empty(service.Store.Log(job.Id).Events());
        Assert.True(before >= 40);
        Assert.InRange(engine.Opened.GroupBy(name => name).Sum(group => group.Count()), all + before, int.MaxValue);
        Assert.Equal((job.Id, all), (again.Id, service.Store.Measured(job.Id)));
    }

    [Fact]
    public async Task Who_begins_anew_takes_nothing_from_another_clients_job()
    {
        JobService service = Start(Engine());
        TableJob annas = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await ReachAsync(annas, entries: 40);
        await service.Jobs.CancelAsync(annas.Id);
        int measured = service.Store.Measured(annas.Id);
        TableJob berts = await service.Jobs.StartOrAttachAsync(Space, Settings, "bert", Cancellation, anew: true);
        await EndOf(berts);
        Assert.NotEqual(annas.Id, berts.Id);
        Assert.True(measured >= 40);
        Assert.Equal((measured, "anna"), (service.Store.Measured(annas.Id), service.Store.Find(annas.Id)!.Owner));
    }

    [Fact]
    public async Task A_job_that_fails_at_once_on_what_it_has_measured_forgets_it()
    {
        // A log that ends each job where its table is about to be made.
        bool isGone = false;
        var poison = new LineLogger<TableBuilder>(line =>
        {
            if (!isGone && line.Contains("with a drift", StringComparison.Ordinal))
                throw new InvalidOperationException("poison");
        });
        JobService service = Start(Engine(), building: poison);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await Assert.ThrowsAsync<JobFailedException>(() => EndOf(job));
        // The first end came behind new measurements: they may be sound, and are gone on with once.
        int all = OperatorWork.Of(Space).ToMeasure.Count;
        Assert.Equal(all, service.Store.Measured(job.Id));
        await Assert.ThrowsAsync<JobFailedException>(async () =>
            await EndOf(await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation))
        );
        Assert.Equal((0, JobState.Failed), (service.Store.Measured(job.Id), service.Store.Find(job.Id)!.State));
        isGone = true;
        Assert.NotEmpty(await EndOf(await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation)));
    }

    [Fact]
    public async Task A_job_of_another_device_is_not_resumed()
    {
        JobService service = Start(Engine());
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await ReachAsync(job, entries: 10);
        service.Kill();
        JobService other = Start(Engine("other"));
        other.Jobs.ResumeAll();
        StoredJob stored = other.Store.Find(job.Id)!;
        Assert.Equal(JobState.Failed, stored.State);
        Assert.Contains("execution provider", stored.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_as_many_jobs_as_it_may_have_is_refused_and_others_are_not()
    {
        using var gate = new ManualResetEventSlim();
        JobService service = Start(new FakeEngine { Opening = _ => gate.Wait(Cancellation) });
        List<TableJob> jobs = [];
        foreach (ulong seed in new ulong[] { 1, 2 })
            jobs.Add(await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = seed }, "anna", Cancellation));
        var refusal = await Assert.ThrowsAsync<QueueFullException>(async () =>
            await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 3 }, "anna", Cancellation)
        );
        Assert.StartsWith("2 table jobs of this client", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("anna", (await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 1 }, "bert", Cancellation)).Client);
        jobs.Add(await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 3 }, "bert", Cancellation));
        Assert.Equal("bert", jobs[^1].Client);
        Task kill = Task.Run(service.Kill, Cancellation);
        foreach (TableJob job in jobs)
            await Assert.ThrowsAsync<JobFailedException>(() => EndOf(job));
        gate.Set();
        await kill;
    }

    [Fact]
    public async Task Who_asks_while_a_cancelled_job_is_ending_gets_the_job_that_goes_on()
    {
        using var release = new ManualResetEventSlim();
        var time = new SyntheticTime();
        JobService service = Start(
            new FakeEngine
            {
                Opening = _ => release.Wait(Cancellation),
                Time = time,
                Running = _ => time.Advance(1),
            }
        );
        TableJob first = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        Task<TableJob> second;
        Task<bool> cancelled;
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "profiler.db")};Pooling=False"))
        {
            connection.Open();
            // While somebody else writes, the job's end cannot be noted, and it is on its way out for that long.
            using SqliteTransaction busy = connection.BeginTransaction(deferred: false);
            cancelled = service.Jobs.CancelAsync(first.Id);
            second = service.Jobs.StartOrAttachAsync(Space, Settings, "bert", Cancellation);
            Assert.False(second.IsCompleted);
        }
        release.Set();
        Assert.True(await cancelled);
        Assert.NotSame(first, await second);
        Assert.Equal(first.Id, (await second).Id);
        Assert.NotEmpty(await EndOf(await second));
        await Assert.ThrowsAsync<JobFailedException>(() => EndOf(first));
    }

    [Fact]
    public async Task Samples_of_old_jobs_are_dropped_and_the_newest_kept()
    {
        JobService service = Start(Engine());
        TableJob old = await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation);
        await EndOf(old);
        OperatorSpec sentinel = TableBuilder.SentinelOf(Space);
        Assert.NotEmpty(service.Store.Samples(old.Id, sentinel));
        AddNewerJobs(service);
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 5 }, "anna", Cancellation);
        await EndOf(job);
        Assert.Empty(service.Store.Samples(old.Id, sentinel));
        Assert.NotEmpty(service.Store.Samples(job.Id, sentinel));
    }

    [Fact]
    public async Task A_table_is_done_also_where_old_samples_cannot_be_dropped()
    {
        JobService service = Start(Engine());
        await EndOf(await service.Jobs.StartOrAttachAsync(Space, Settings, "anna", Cancellation));
        AddNewerJobs(service);
        service.Execute("CREATE TRIGGER refuse BEFORE DELETE ON measurement BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        TableJob job = await service.Jobs.StartOrAttachAsync(Space, Settings with { Seed = 5 }, "anna", Cancellation);
        string table = await EndOf(job);
        Assert.Equal((JobState.Done, table), (service.Store.Find(job.Id)!.State, service.Store.Find(job.Id)!.TableId));
    }

    /// <summary>An engine on which every run takes a millisecond, by a clock that only runs count for.</summary>
    private static FakeEngine Engine(string provider = "cpu")
    {
        var time = new SyntheticTime();
        return new FakeEngine
        {
            Provider = provider,
            Time = time,
            Running = _ => time.Advance(1),
        };
    }

    private JobService Start(FakeEngine engine, ILogger<TableJobs>? log = null, ILogger<TableBuilder>? building = null)
    {
        var service = new JobService(folder, engine, log ?? NullLogger<TableJobs>.Instance, building);
        services.Add(service);
        return service;
    }

    /// <summary>Copies of the only job, as many as keep their samples.</summary>
    private static void AddNewerJobs(JobService service)
    {
        for (int i = 0; i < JobStore.KeptSamples; i++)
            service.Execute(
                "INSERT INTO job (id, space, settings, identity, state, message, table_id, created, updated, seq) "
                    + $"SELECT 'copy{i}', space, settings, identity, state, message, table_id, created, updated, {1000 + i} "
                    + "FROM job LIMIT 1"
            );
        service.Execute("UPDATE sequence SET value = 2000");
    }

    private static async Task ReachAsync(TableJob job, int entries)
    {
        await foreach (JobProgress progress in job.WatchAsync(withHistory: true, Cancellation))
        {
            if (progress.Done >= entries)
                return;
        }
    }

    private static Task<string> EndOf(TableJob job) => JobService.EndOf(job);

    private static void AssertMeasuredOnce(FakeEngine engine, int allowedRepeats)
    {
        string sentinel = TableBuilder.SentinelOf(Space).ToString();
        int repeats = engine
            .Opened.Where(name => name != sentinel)
            .GroupBy(name => name)
            .Sum(group => Math.Max(0, group.Count() - Settings.Sessions));
        Assert.InRange(repeats, 0, allowedRepeats);
    }
}
