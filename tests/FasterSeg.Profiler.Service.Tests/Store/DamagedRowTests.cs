using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>Rows of a job that are not as they were written.</summary>
public sealed class DamagedRowTests : IDisposable
{
    private static readonly MeasurementSettings Settings = new();
    private static readonly TableIdentity Identity = new("cpu", "CPU-1", null, null, "cpu", "1", null, null, "fp32", 1, 1, "p");
    private static readonly OperatorSpec[] Specs =
    [
        .. Enumerable.Range(1, 3).Select(i => new OperatorSpec(OperatorKind.Conv, 8, 8, 8 * i, 8)),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-rows-").FullName;
    private readonly ProfilerDatabase database;
    private readonly JobStore store;
    private readonly string job;

    public DamagedRowTests()
    {
        database = new(folder, NullLogger<ProfilerDatabase>.Instance);
        store = new(database, TimeProvider.System, NullLogger<JobStore>.Instance);
        job = store.Add(SearchSpace.Paper(256, 512), Settings, Identity).Id;
        for (int i = 0; i < Specs.Length; i++)
        {
            Log.Add(0, Session(Specs[i], 1 + i));
            Log.Add(0, new SentinelReading(i, 1.5, new HostPace(2, 3, 0.1)));
        }
    }

    private IJobLog Log => store.Log(job);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.Equal(Specs, Read());
        Assert.Equal(Enumerable.Repeat(2.0, 15), Log.Sessions(0).Single(session => session.Entry.Spec == Specs[1]).SamplesMs.ToArray());
        Assert.Equal([.. Enumerable.Range(0, 3).Select(i => new SentinelReading(i, 1.5, new HostPace(2, 3, 0.1)))], Log.Readings(0));
    }

    [Theory]
    // One bit of a sample; one digit of the entry; another operator's entry; another job's row.
    [InlineData("UPDATE measurement SET samples = CAST(x'01' || substr(samples, 2) AS BLOB) WHERE key = @key")]
    [InlineData("UPDATE measurement SET entry = replace(entry, '\"p95_ms\":2', '\"p95_ms\":3') WHERE key = @key")]
    [InlineData("UPDATE measurement SET entry = (SELECT entry FROM measurement WHERE key <> @key LIMIT 1) WHERE key = @key")]
    [InlineData("UPDATE measurement SET checksum = x'00' WHERE key = @key")]
    public void A_damaged_measurement_counts_as_not_measured(string damage)
    {
        Execute(damage);
        Assert.Equal([Specs[0], Specs[2]], Read());
        Assert.Empty(store.Samples(job, Specs[1]));
    }

    [Theory]
    [InlineData("x'0000c07f'")]
    [InlineData("x'0000807f'")]
    [InlineData("x'000080bf'")]
    public void A_sample_that_is_no_time_makes_a_row_of_before_the_checksums_damaged(string sample)
    {
        Execute("UPDATE measurement SET checksum = NULL");
        Assert.Equal(3, Log.Sessions(0).Count);
        Execute($"UPDATE measurement SET samples = CAST({sample} || substr(samples, 5) AS BLOB) WHERE key = @key");
        Assert.Equal([Specs[0], Specs[2]], Read());
    }

    [Fact]
    public void A_damaged_reading_is_left_out_and_one_of_before_the_checksums_is_read()
    {
        Execute("UPDATE sentinel_reading SET median_ms = 1.6 WHERE position = 1");
        Assert.Equal([0, 2], Log.Readings(0).Select(reading => reading.Position));
        Execute("UPDATE sentinel_reading SET checksum = NULL, memory_ms = NULL, arithmetic_ms = NULL, busy = NULL");
        Assert.Equal(new SentinelReading(1, 1.6), Log.Readings(0)[1]);
        Execute("UPDATE sentinel_reading SET median_ms = 9e999 WHERE position = 1");
        Assert.Equal([0, 2], Log.Readings(0).Select(reading => reading.Position));
    }

    private IEnumerable<OperatorSpec> Read() => Log.Sessions(0).Select(session => session.Entry.Spec).OrderBy(spec => spec.InChannels);

    private void Execute(string sql)
    {
        using SqliteConnection connection = database.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@key", Specs[1].ToString());
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    private static OperatorSession Session(OperatorSpec spec, double ms)
    {
        double[] samples = [.. Enumerable.Repeat(ms, 15)];
        return new(LatencyEntry.Measured(spec, SampleStatistics.Of(samples), buildMs: 1, placement: null), samples);
    }
}
