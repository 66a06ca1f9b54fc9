using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>What a device takes in quiet, from what its jobs have found.</summary>
public sealed class DevicePacesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-paces-").FullName;
    private readonly DayTime time = new();
    private readonly DevicePaces paces;

    public DevicePacesTests() => paces = Open();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Of_an_unknown_device_nothing_is_known()
    {
        Note(1);
        Assert.Null(paces.QuietMs("other", "memory"));
        Assert.Null(paces.QuietMs("device", "sentinel"));
    }

    [Fact]
    public void It_is_known_to_the_next_service_too()
    {
        Note(2);
        Assert.Equal(2, Open().QuietMs("device", "memory"));
    }

    [Fact]
    public void Jobs_under_load_that_nobody_saw_do_not_move_it_and_neither_does_one_lucky_one()
    {
        foreach (double ms in new[] { 1.6, 1.6, 1.01, 1.6, 1, 1.02, 1.6, 1.6, 1.6, 0.7 })
            Note(ms);
        Assert.Equal(1, paces.QuietMs("device", "memory"));
    }

    [Fact]
    public void What_was_found_under_load_tells_nothing_of_quiet()
    {
        Note(2);
        for (int i = 0; i < 3 * DevicePaces.Kept; i++)
            paces.Note("device", loaded: true, ("memory", 1));
        Assert.Equal(2, paces.QuietMs("device", "memory"));
    }

    [Fact]
    public void An_old_value_gives_way_and_a_young_one_stands()
    {
        Note(1);
        time.Days = 10;
        Assert.Equal(1.1, paces.QuietMs("device", "memory")!.Value, 9);
        Note(1.05);
        Assert.Equal(1.05, paces.QuietMs("device", "memory")!.Value, 9);
    }

    [Fact]
    public void A_value_from_a_clock_that_was_ahead_is_of_no_age()
    {
        time.Days = 4000;
        Note(1);
        time.Days = 0;
        Assert.Equal(1, paces.QuietMs("device", "memory"));
    }

    [Fact]
    public void The_newest_jobs_are_remembered()
    {
        Note(0.5);
        for (int i = 0; i < DevicePaces.Kept; i++)
            Note(1);
        Assert.Equal(1, paces.QuietMs("device", "memory"));
    }

    [Fact]
    public void A_value_that_cannot_be_a_time_is_left_out()
    {
        Note(double.PositiveInfinity);
        Note(1);
        Assert.Equal(1, paces.QuietMs("device", "memory"));
    }

    private void Note(double ms) => paces.Note("device", loaded: false, ("memory", ms), ("arithmetic", null));

    private DevicePaces Open() => new(new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance), time);

    private sealed class DayTime : TimeProvider
    {
        public int Days { get; set; }

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(Days);
    }
}
